package dev.errand.nats;

import dev.errand.StorageException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the server says of a delivered message in its reply subject, <a
 * href="https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-15.md">ADR-15</a>: {@code
 * $JS.ACK.<stream>.<consumer>.<times>.<sequence>.<consumer's sequence>.<time>.<pending>}; newer servers may put domain and
 * account before the stream, and something random at the end.
 *
 * @param times how often the message has been handed to somebody, this time included
 * @param sequence of its stream
 * @param time when it was stored
 */
record ReplySubject(long times, long sequence, Instant time) {
    private static final int SHORT = 9;
    private static final int LONG = 11;
    private static final long NANOS = 1_000_000_000L;

    static ReplySubject parse(String text) {
        int parts = 1;
        for (int i = text.indexOf('.'); i >= 0; i = text.indexOf('.', i + 1)) {
            parts++;
        }
        if ((parts != SHORT && parts < LONG) || !text.startsWith("$JS.ACK.")) {
            throw none(text, null);
        }
        // Behind the prefix, the stream and the consumer.
        int at = 0;
        for (int skip = parts == SHORT ? 4 : 6; skip > 0; skip--) {
            at = text.indexOf('.', at) + 1;
        }
        int times = text.indexOf('.', at);
        int sequence = text.indexOf('.', times + 1);
        int consumers = text.indexOf('.', sequence + 1);
        int time = text.indexOf('.', consumers + 1);
        try {
            long nanos = number(text, consumers + 1, time);
            return new ReplySubject(
                    number(text, at, times),
                    number(text, times + 1, sequence),
                    Instant.ofEpochSecond(nanos / NANOS, nanos % NANOS));
        } catch (NumberFormatException e) {
            throw none(text, e);
        }
    }

    private static StorageException none(String text, @Nullable Throwable why) {
        String message =
                "NATS has delivered a message with the reply subject " + text + ", which is none of JetStream's";
        return why == null ? new StorageException(message) : new StorageException(message, why);
    }

    private static long number(String text, int from, int to) {
        return Long.parseLong(text, from, to, 10);
    }
}
