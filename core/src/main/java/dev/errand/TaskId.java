package dev.errand;

import dev.errand.broker.Names;
import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Names one task, for ever and across queues. Chosen by the caller or, by default, a version 7 UUID, which sorts by the
 * time of its making.
 *
 * @param value 1 to 255 characters, not blank, without control characters
 */
public record TaskId(String value) implements Comparable<TaskId> {
    /** Checks the value; throws {@link InvalidTaskException} if it is blank, too long or has control characters. */
    public TaskId {
        Names.check("task id", value);
    }

    /** The same as the constructor. */
    public static TaskId of(String value) {
        return new TaskId(value);
    }

    /**
     * A new id: a version 7 UUID (RFC 9562, section 5.7), 48 bits of milliseconds, then random ones.
     *
     * @param now the time to put into it
     * @param random thread-safe if the caller needs it so
     */
    public static TaskId next(Instant now, RandomGenerator random) {
        long high = (now.toEpochMilli() << 16) | 0x7000L | (random.nextLong() & 0x0FFFL);
        long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new TaskId(new UUID(high, low).toString());
    }

    @Override
    public int compareTo(TaskId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
