package dev.errand;

/**
 * The work of a {@linkplain TaskContext#step step} without a result.
 *
 * @param <X> what it throws
 */
@FunctionalInterface
public interface StepAction<X extends Exception> {
    /** Does it. */
    void run() throws X;
}
