package dev.errand.rabbitmq;

import java.time.Duration;
import java.time.Instant;

/**
 * A delay as a routing key: its digits, lowest first up to the highest that is not zero, each a word, then the queue. A
 * {@link Level}'s exchange sends a message to the queue of its digit, where it waits for that time, or with a zero to the next
 * lower level at once. The broker looks at every word of a key in every exchange, so a key has no more of them than it needs.
 */
final class Delays {
    /** What the lowest level waits for. */
    static final Duration GRANULARITY = Duration.ofMillis(125);

    private final Layout layout;

    Delays(Layout layout) {
        this.layout = layout;
    }

    /** The way to a queue: after a delay that ends at {@code due} or a little later, or at once if that is past. */
    Address to(String physical, Instant due, Instant now) {
        long millis = due.isAfter(now.plus(Duration.ofDays(400)))
                ? Long.MAX_VALUE
                : Duration.between(now, due).plusNanos(999_999).toMillis();
        if (millis <= 0) {
            return new Address("", physical);
        }
        // What is further away than all levels together is sent round again when they have passed.
        long ticks = Math.min(Level.MOST_TICKS, Math.ceilDiv(millis, GRANULARITY.toMillis()));
        StringBuilder key = new StringBuilder();
        Level highest = Level.ALL.getFirst();
        for (Level level : Level.ALL) {
            if (ticks >> level.shift() == 0) {
                break;
            }
            key.append(level.digit(ticks)).append('.');
            highest = level;
        }
        return new Address(
                layout.level(highest), key.append(layout.words(physical)).toString());
    }

    /**
     * Where a message is published to.
     *
     * @param exchange its name; empty: the default exchange, whose keys are queues
     * @param key the routing key
     */
    record Address(String exchange, String key) {}
}
