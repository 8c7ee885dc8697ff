package dev.errand.local;

import dev.errand.Defaults;
import dev.errand.InvalidTaskException;
import dev.errand.Retry;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What may differ for a single job. For one thread, within the lambda that it is given to. */
public final class JobOptions {
    private int weight = 1;
    private Retry retry;
    private @Nullable Duration timeout;
    private @Nullable Instant deadline;
    private Duration delay = Duration.ZERO;
    private @Nullable Object key;

    JobOptions(Plan defaults) {
        retry = defaults.retry();
        timeout = defaults.timeout();
    }

    /** How many permits it takes, at least 1; 1 by default. More than there are is refused. */
    public JobOptions weight(int permits) {
        if (permits < 1) {
            throw new InvalidTaskException("The weight " + permits + " is too small; give at least 1");
        }
        this.weight = permits;
        return this;
    }

    /** Another retry policy than that of the {@link LocalTasks}. */
    public JobOptions retry(Retry policy) {
        this.retry = policy;
        return this;
    }

    /** After this time (above zero) an attempt is interrupted, and fails if it then throws. */
    public JobOptions timeout(Duration limit) {
        this.timeout = range("timeout", limit);
        return this;
    }

    /** It is not begun at or after this time, and interrupted when it comes. A job's own jobs have its deadline at the latest. */
    public JobOptions deadline(Instant time) {
        this.deadline = time;
        return this;
    }

    /** Not before this time has passed, at most 366 days. It takes a place in the waiting room meanwhile. */
    public JobOptions delay(Duration time) {
        if (!time.isZero()) {
            range("delay", time);
        }
        this.delay = time;
        return this;
    }

    /**
     * Jobs of one key run one after the other, in the order in which they were submitted (a delayed one: fell due); a job that is
     * to be retried keeps its turn.
     *
     * @param ofOrder with {@code equals} and {@code hashCode}, immutable
     */
    public JobOptions key(Object ofOrder) {
        this.key = ofOrder;
        return this;
    }

    private static Duration range(String what, Duration value) {
        if (!value.isPositive() || value.compareTo(Defaults.MAX_DELAY) > 0) {
            throw new InvalidTaskException("The " + what + " " + value
                    + " is out of range; give more than 0 and at most " + Defaults.MAX_DELAY.toDays() + " days");
        }
        return value;
    }

    Plan plan() {
        return new Plan(weight, retry, timeout, deadline);
    }

    Duration delay() {
        return delay;
    }

    @Nullable
    Object key() {
        return key;
    }
}
