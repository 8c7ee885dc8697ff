package dev.errand.local;

import dev.errand.AwaitTimeoutException;
import dev.errand.TaskFailedException;
import dev.errand.TaskId;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A submitted job. Thread-safe. Need not be kept: the job runs without it.
 *
 * <p>A job that calls {@link #result()} of another one of the same {@link LocalTasks} runs it itself if that is in line, so that jobs
 * which wait for jobs cannot use up all permits. With a limit it only waits.
 *
 * @param <T> the result
 */
public sealed interface LocalHandle<T extends @Nullable Object> permits Job {
    /** Names the job, also across processes. */
    TaskId id();

    /** The name that it was submitted under, or its task type's. */
    String name();

    /** Where it is now. */
    LocalState state();

    /** Whether nothing more happens to it. */
    default boolean isDone() {
        return state().ended();
    }

    /** Which attempt runs or ran last, from 1; 0 before the first. */
    int attempt();

    /**
     * Waits until the job has ended.
     *
     * @return whether it has, within {@code max}
     * @throws InterruptedException if the waiting thread is interrupted; the job is not concerned
     */
    boolean await(Duration max) throws InterruptedException;

    /**
     * Waits for the result without a limit.
     *
     * @throws TaskFailedException if the job failed (its failure is the cause), was cancelled or dropped
     * @throws InterruptedException if the waiting thread is interrupted; the job is not concerned
     */
    T result() throws InterruptedException;

    /**
     * The same with a limit.
     *
     * @throws AwaitTimeoutException if the job has not ended within {@code max}; it goes on unharmed
     */
    T result(Duration max) throws InterruptedException;

    /** What it failed with; empty if it has not failed. */
    Optional<Throwable> failure();

    /**
     * Calls the job off: one that waits is cancelled at once; one that runs is interrupted and has no further attempt.
     *
     * @return true for exactly one call, which called it off before its end was decided: then it is cancelled, unless its attempt
     *     ends normally all the same; false if it had been called off before, or its end was decided, even if {@link #isDone()}
     *     does not say so for another moment
     */
    boolean cancel();
}
