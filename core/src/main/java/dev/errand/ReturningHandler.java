package dev.errand;

/**
 * Work with a result; otherwise as {@link TaskHandler}.
 *
 * @param <P> the payload
 * @param <R> the result
 */
@FunctionalInterface
public interface ReturningHandler<P, R> {
    /** Does the work and answers its result, not null. */
    R handle(P payload, TaskContext task) throws Exception;
}
