package dev.errand.rabbitmq;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What is called how at the broker. A queue {@code mail} is {@code errand.q.mail}; one whose name a routing key or an
 * operator's pattern could not carry is {@code errand.q.~} and a hash of its name.
 */
final class Layout {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.:-]{0,109}");

    private final String prefix;
    private final String delays;

    Layout(RabbitOptions options) {
        this.prefix = options.prefix();
        this.delays = options.delays();
    }

    String queue(String name) {
        return prefix + ".q." + (PLAIN.matcher(name).matches() ? name : "~" + hash(name));
    }

    /** Where a queue's tasks on their last chance wait to run alone. */
    String alone(String name) {
        return prefix + ".alone." + (PLAIN.matcher(name).matches() ? name : "~" + hash(name));
    }

    /** Where every dead letter is. */
    String dead() {
        return prefix + ".dead";
    }

    /** Where events are published. */
    String events() {
        return prefix + ".events";
    }

    /** A message for each subscription. */
    String subscriptions() {
        return prefix + ".subscriptions";
    }

    /** A message for each queue's name. */
    String names() {
        return prefix + ".queues";
    }

    /** The exchange of a level. */
    String level(Level level) {
        return delays + "." + level.place();
    }

    /** The queue in which a message waits for a digit that is not zero. */
    String waiting(Level level, int digit) {
        return delays + "." + level.place() + "." + digit;
    }

    /** Where what has waited long enough goes on to its queue. */
    String due() {
        return delays + ".due";
    }

    /** Where what has waited long enough goes if its queue is not there any more. */
    String lost() {
        return delays + ".lost";
    }

    /** The keys for all queues at {@link #lost}. */
    String lostKey() {
        return "#." + word(prefix) + ".*";
    }

    /** The keys for a queue at {@link #due}: any digits, then the queue's name. */
    String dueKey(String physical) {
        return "#." + words(physical);
    }

    /** A queue's name as two words of a routing key: the prefix, and the rest. */
    String words(String physical) {
        return word(prefix) + "." + word(physical.substring(prefix.length() + 1));
    }

    /** No name has a tilde, but those that are hashed, which begin with one; so no two become the same. */
    private static String word(String name) {
        return name.replace('.', '~');
    }

    private static String hash(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }
}
