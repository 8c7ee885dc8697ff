package dev.errand.worker;

import dev.errand.BrokerUnavailableException;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker knows of its broker's troubles: who of its parts has failed how often, since when, and how long each waits
 * before it tries again (jittered, doubling from 50 ms to 5 s). Says each trouble once, and once that it is over.
 * Thread-safe.
 */
public final class Outage {
    private static final Logger log = LoggerFactory.getLogger(Outage.class);
    private static final Duration FIRST = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private record Trouble(int failures, Instant since, String what) {}

    private final Time time;
    private final RandomGenerator random;
    private final String worker;
    private final Map<String, Trouble> troubles = new HashMap<>();
    private volatile boolean any;

    /** No trouble yet. */
    public Outage(Time time, RandomGenerator random, String worker) {
        this.time = time;
        this.random = random;
        this.worker = worker;
    }

    /** A part has failed; answers how long it waits. */
    Duration failed(String part, Throwable failure) {
        int failures;
        synchronized (this) {
            Trouble before = troubles.get(part);
            failures = before == null ? 1 : before.failures + 1;
            Instant since = before == null ? time.now() : before.since;
            troubles.put(part, new Trouble(failures, since, String.valueOf(failure.getMessage())));
            any = true;
        }
        if (failures == 1) {
            if (failure instanceof BrokerUnavailableException) {
                log.warn(
                        "Worker {}: {} cannot reach the broker and tries again: {}",
                        worker,
                        part,
                        failure.getMessage());
            } else {
                log.error("Worker {}: {} failed and tries again", worker, part, failure);
            }
        }
        long backOff = Math.min(LONGEST.toNanos(), FIRST.toNanos() << Math.min(failures - 1, 20));
        return Duration.ofNanos((long) (backOff * (0.5 + 0.5 * random.nextDouble())));
    }

    /** A part works. */
    void over(String part) {
        if (!any) {
            return;
        }
        Trouble before;
        synchronized (this) {
            before = troubles.remove(part);
            any = !troubles.isEmpty();
        }
        if (before != null) {
            log.info(
                    "Worker {}: {} works again after {} failures since {}",
                    worker,
                    part,
                    before.failures,
                    before.since);
        }
    }

    /** What goes wrong now, if anything; the oldest trouble. */
    synchronized Optional<Current> current() {
        return troubles.entrySet().stream()
                .min(Map.Entry.comparingByValue((a, b) -> a.since.compareTo(b.since)))
                .map(e -> new Current(e.getValue().since, e.getKey() + ": " + e.getValue().what));
    }

    record Current(Instant since, String what) {}
}
