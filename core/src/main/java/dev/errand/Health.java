package dev.errand;

import java.time.Instant;

/**
 * Whether a worker makes progress.
 *
 * @param state in one word
 * @param since since when
 * @param detail in words: what it waits for, or why it is in trouble
 * @param running handlers at work now
 * @param stuck handlers that were interrupted and have not ended
 */
public record Health(State state, Instant since, String detail, int running, int stuck) {
    /** In one word. */
    public enum State {
        /** It takes and runs. */
        RUNNING,
        /** Its broker is out of reach; it tries again by itself. */
        BROKER_AWAY,
        /**
         * A part of it has not moved for at least a minute longer than it should: stuck in a call that does not return, or its
         * thread is gone. It will not mend by itself; restart the process.
         */
        STALLED,
        /** It finishes what it runs and takes no more. */
        STOPPING,
        /** It has ended. */
        STOPPED
    }
}
