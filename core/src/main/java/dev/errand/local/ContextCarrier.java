package dev.errand.local;

import org.jspecify.annotations.Nullable;

/**
 * Takes a kind of context, such as a trace, from the thread that submits to the one that runs. SLF4J's MDC is always carried.
 * Called by many threads at once; must be quick.
 */
public interface ContextCarrier {
    /**
     * What the calling thread has now; null if it has nothing to carry. Kept as long as the job,
     * or as the repetition. If this throws, that is logged, and the job goes without.
     */
    @Nullable
    Snapshot capture();

    /** A context on its way. */
    @FunctionalInterface
    interface Snapshot {
        /** Makes it the calling thread's; once for each attempt. */
        Scope restore();
    }

    /** While it is open, the context is the thread's. */
    @FunctionalInterface
    interface Scope extends AutoCloseable {
        /** Gives the thread back what it had before. Called by the thread that restored. */
        @Override
        void close();
    }
}
