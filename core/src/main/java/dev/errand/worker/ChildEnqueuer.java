package dev.errand.worker;

import dev.errand.AnyTaskType;
import dev.errand.EnqueueOptions;
import dev.errand.EnqueueResult;
import dev.errand.TaskId;
import java.util.function.Consumer;

/** How a handler's context enqueues; the client provides it. */
@FunctionalInterface
public interface ChildEnqueuer {
    /** Enqueues a payload of the type's own payload class as a child of {@code parent}. */
    EnqueueResult enqueue(AnyTaskType<?> type, Object payload, TaskId parent, Consumer<EnqueueOptions> options);
}
