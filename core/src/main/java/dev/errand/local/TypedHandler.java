package dev.errand.local;

import dev.errand.TaskContext;
import dev.errand.TypeSpec;
import org.jspecify.annotations.Nullable;

/** A handler with its task type's policy. */
record TypedHandler(TypeSpec<?> spec, Invoker invoker) {
    /** The handler, whatever its types. */
    @FunctionalInterface
    interface Invoker {
        @Nullable
        Object invoke(Object payload, TaskContext task) throws Exception;
    }
}
