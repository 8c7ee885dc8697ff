package dev.errand.nats;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The names of streams and subjects. {@code errand.t.<queue>.<task>} are tasks, {@code errand.d.…} those that are not due,
 * {@code errand.x.…} dead letters; what stands behind the queue is a task's <i>tail</i>, the same in all three.
 *
 * @param prefix of all of them
 */
record Subjects(String prefix) {
    private static final int LONGEST_PLAIN = 64;
    private static final int LEGIBLE = 40;
    private static final int HASHED = 22;

    /** A name as one part of a subject or stream name: as it is if it can be, else what can be of it, and half its SHA-256. */
    static String token(String name) {
        if (isPlain(name)) {
            return name;
        }
        String begin = name.replaceAll("[^A-Za-z0-9_-]", "_");
        return begin.substring(0, Math.min(begin.length(), LEGIBLE))
                + '='
                + digest(name.getBytes(StandardCharsets.UTF_8)).substring(0, HASHED);
    }

    private static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean plain =
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
            if (!plain) {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= LONGEST_PLAIN;
    }

    static String digest(byte[]... parts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                sha.update(part);
                sha.update((byte) 0);
            }
            return Base64.getUrlEncoder().withoutPadding().encodeToString(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    String taskStream(String queue) {
        return prefix + "-t-" + token(queue);
    }

    String delayStream() {
        return prefix + "-d";
    }

    String deadStream() {
        return prefix + "-x";
    }

    String subscriptionStream() {
        return prefix + "-s";
    }

    String subscriptions() {
        return prefix + ".s.>";
    }

    /** Its name has words and dots as subjects have. */
    String subscription(String name) {
        return prefix + ".s." + name;
    }

    String pauseStream() {
        return prefix + "-p";
    }

    String pauses() {
        return prefix + ".p.>";
    }

    String pause(String queue) {
        return prefix + ".p." + token(queue);
    }

    /** Told to everybody when one was changed; in no stream. */
    String pauseChanged() {
        return prefix + ".n.pauses";
    }

    String tasks() {
        return prefix + ".t.>";
    }

    String tasks(String queue) {
        return prefix + ".t." + token(queue) + ".>";
    }

    String task(String queue, String tail) {
        return prefix + ".t." + token(queue) + '.' + tail;
    }

    String delayed(String queue, String tail) {
        return prefix + ".d." + token(queue) + '.' + tail;
    }

    String dead(String queue, String tail) {
        return prefix + ".x." + token(queue) + '.' + tail;
    }

    /** What stands behind the queue in any subject of ours. */
    String tail(String subject) {
        int queue = subject.indexOf('.', prefix.length() + 3);
        return subject.substring(queue + 1);
    }
}
