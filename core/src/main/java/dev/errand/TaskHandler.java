package dev.errand;

/**
 * The work itself. Called on a virtual thread of its own for each attempt, many at a time; interrupted on timeout,
 * cancellation, a lost lease and a worker's stop.
 *
 * @param <P> the payload
 */
@FunctionalInterface
public interface TaskHandler<P> {
    /**
     * Does the work. Returning completes the task; throwing fails the attempt, unless what is thrown is a
     * {@link TaskSignal}.
     */
    void handle(P payload, TaskContext task) throws Exception;
}
