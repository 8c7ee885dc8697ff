package dev.errand.broker;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The chores of a broker that is a passive store; any number of workers may do them at once. A broker that does these things
 * by itself does not have this part. Each call does a bounded piece of work and says whether there is more.
 */
public interface Upkeep {
    /**
     * Makes due tasks ready, at most {@code max}.
     *
     * @return how many, and when the next one falls due
     */
    Due promote(int max);

    /**
     * Takes back what dead workers held, and what is held past its lease, at most {@code max}; each is counted as a crash
     * ({@link History#crashed}) and is ready again at once.
     *
     * @return how many
     */
    int recover(int max);

    /**
     * Deletes what has outlived its retention, and dead letters beyond the limits, at most {@code max}; the oldest first.
     *
     * @return what went
     */
    Pruned prune(DeadLetterLimits limits, int max);

    /**
     * What {@link #promote} did.
     *
     * @param promoted how many became ready
     * @param next when the next task falls due; empty: none is stored. May be past
     */
    record Due(int promoted, Optional<Instant> next) {}

    /**
     * What {@link #prune} did.
     *
     * @param ended completed and cancelled tasks deleted
     * @param dead dead letters deleted
     */
    record Pruned(int ended, int dead) {}

    /**
     * How many dead letters are kept, and for how long.
     *
     * @param age the longest
     * @param perQueue the most in one queue
     */
    record DeadLetterLimits(Duration age, int perQueue) {}
}
