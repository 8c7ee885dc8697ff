package dev.errand;

import org.jspecify.annotations.Nullable;

/**
 * Wraps every attempt of a worker, in the order in which the middlewares were added: the first is the outermost. Runs on the
 * attempt's thread. What it throws counts as thrown by the handler.
 */
@FunctionalInterface
public interface Middleware {
    /**
     * Goes on by calling {@code next} once, and answers what that answered.
     *
     * @param payload the decoded payload
     */
    @Nullable
    Object around(Object payload, TaskContext task, Next next) throws Exception;

    /** The rest of the chain. */
    @FunctionalInterface
    interface Next {
        /** Runs it; null for handlers without a result. */
        @Nullable
        Object proceed() throws Exception;
    }
}
