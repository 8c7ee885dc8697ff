package dev.errand.upkeep;

import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the wall clock has gone further than time has passed: it was set, or the machine was suspended. Leases are wall-clock
 * times, so after that they all look lapsed, though their owners live and had no time to renew them. For one thread.
 */
final class ClockJump {
    private static final Logger log = LoggerFactory.getLogger(ClockJump.class);
    private static final Duration TOLERATED = Duration.ofSeconds(3);

    private final Time time;
    private final Duration truce;
    private Instant wall;
    private long nanos;
    private long truceBegan;
    private boolean sparing;

    /** Spares the leases for {@code truce} after each jump, in which every living owner renews them. */
    ClockJump(Time time, Duration truce) {
        this.time = time;
        this.truce = truce;
        this.wall = time.now();
        this.nanos = time.nanoTime();
    }

    /** Whether lapsed leases mean nothing at the moment. */
    boolean sparesLeases() {
        Instant now = time.now();
        long ticks = time.nanoTime();
        Duration ahead = Duration.between(wall, now).minusNanos(ticks - nanos);
        wall = now;
        nanos = ticks;
        if (ahead.compareTo(TOLERATED) > 0) {
            log.warn(
                    "The clock has jumped ahead by {} s: for {} s no task is taken back from workers, so that those that live can renew their"
                            + " leases",
                    ahead.toSeconds(),
                    truce.toSeconds());
            truceBegan = ticks;
            sparing = true;
        } else if (sparing && ticks - truceBegan >= truce.toNanos()) {
            sparing = false;
        }
        return sparing;
    }
}
