package dev.errand.local;

import dev.errand.AnyTaskType;
import dev.errand.TaskSink;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A task of a type on its way to the handler; known as such, so that it can still go to a broker. */
record TypedBody<P>(AnyTaskType<P> type, P payload, TypedHandler handler, Instant created, TaskSink children)
        implements Callable<@Nullable Object> {
    @Override
    public @Nullable Object call() throws Exception {
        Job<?> job = Current.job();
        if (job == null) {
            throw new IllegalStateException("a handler is called by its job alone");
        }
        Object result = handler.invoker().invoke(payload, new LocalContext(job, job.running(), created, children));
        if (result == null && type.spec().resultType().isPresent()) {
            throw new NullPointerException(
                    "the handler of task type " + type.name() + " returned null; a result is not null");
        }
        return result;
    }
}
