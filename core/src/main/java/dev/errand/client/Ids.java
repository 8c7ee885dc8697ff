package dev.errand.client;

import dev.errand.TaskId;
import dev.errand.time.Time;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes version 7 UUIDs (RFC 9562, section 5.7): 48 bits of milliseconds, then random ones. */
final class Ids {
    private final Time time;
    private final RandomGenerator random;

    Ids(Time time, RandomGenerator random) {
        this.time = time;
        this.random = random;
    }

    TaskId next() {
        long millis = time.now().toEpochMilli();
        long high = (millis << 16) | 0x7000L | (random.nextLong() & 0x0FFFL);
        long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new TaskId(new UUID(high, low).toString());
    }
}
