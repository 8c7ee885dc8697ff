package dev.errand.local;

import dev.errand.ConfigurationException;
import java.time.Duration;

/** What becomes of a job that finds neither a permit nor a place in the waiting room. */
public sealed interface WhenFull {

    /** The submit throws {@link RoomFullException}, which says the figures. The default. */
    static WhenFull refuse() {
        return new Refuse();
    }

    /** The submitting thread waits for room, at most this long (above zero), then is refused. */
    static WhenFull waitAtMost(Duration limit) {
        return new WaitAtMost(limit);
    }

    /**
     * The submitting thread runs the job itself, its retries included, beside the permits. A delayed job, and one whose key is
     * busy, is refused. Does not go with a {@linkplain LocalTasksBuilder#rate rate}.
     */
    static WhenFull runInCaller() {
        return new RunInCaller();
    }

    /** The job that is first in line gives way and is reported; if none is in line (all are delayed), the new one does. */
    static WhenFull dropOldest() {
        return new DropOldest();
    }

    /** The new job gives way and is reported; its handle says {@link LocalState#DROPPED}. */
    static WhenFull dropNewest() {
        return new DropNewest();
    }

    /** See {@link #refuse()}. */
    record Refuse() implements WhenFull {}

    /**
     * See {@link #waitAtMost(Duration)}.
     *
     * @param limit above zero
     */
    record WaitAtMost(Duration limit) implements WhenFull {
        /** Checks the limit. */
        public WaitAtMost {
            if (!limit.isPositive()) {
                throw new ConfigurationException("The wait for room of " + limit
                        + " is not above zero; use WhenFull.refuse() to not wait at all");
            }
        }
    }

    /** See {@link #runInCaller()}. */
    record RunInCaller() implements WhenFull {}

    /** See {@link #dropOldest()}. */
    record DropOldest() implements WhenFull {}

    /** See {@link #dropNewest()}. */
    record DropNewest() implements WhenFull {}
}
