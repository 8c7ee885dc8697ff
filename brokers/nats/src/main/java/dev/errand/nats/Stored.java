package dev.errand.nats;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as a stream has it.
 *
 * @param subject under which it is
 * @param sequence of its stream
 * @param time when it was stored, by the server's clock
 * @param headers the first value of each
 * @param body the payload
 */
record Stored(String subject, long sequence, Instant time, Map<String, String> headers, byte[] body) {
    /** As it came over the wire. */
    static Stored of(String subject, long sequence, Instant time, Map<String, String> headers, byte @Nullable [] body) {
        Structured.Open open = Structured.open(headers, body == null ? new byte[0] : body);
        return new Stored(subject, sequence, time, open.headers(), open.body());
    }

    /** How often the task has been rewritten. */
    long revision() {
        return Messages.number(headers, Messages.REVISION);
    }
}
