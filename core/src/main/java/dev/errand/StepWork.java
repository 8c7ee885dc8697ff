package dev.errand;

/**
 * The work of a {@linkplain TaskContext#step step} with a result.
 *
 * @param <R> the result
 * @param <X> what it throws
 */
@FunctionalInterface
public interface StepWork<R, X extends Exception> {
    /** Does it; the result is not null. */
    R run() throws X;
}
