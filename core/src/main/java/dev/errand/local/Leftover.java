package dev.errand.local;

import dev.errand.AnyTaskType;
import dev.errand.CapabilityException;
import dev.errand.EnqueueResult;
import dev.errand.TaskSink;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A job that a close did not let finish: it never began, was between two attempts, was interrupted, or goes on all the same. */
public final class Leftover {
    private final LocalJob job;
    private final boolean running;
    private final @Nullable TypedBody<?> typed;
    private volatile boolean handedOver;

    Leftover(Job<?> job, boolean running) {
        this.job = job.shown();
        this.running = running;
        Callable<?> body = job.body();
        this.typed = body instanceof TypedBody<?> task ? task : null;
    }

    /** The job. */
    public LocalJob job() {
        return job;
    }

    /** Whether it still ran when the close gave up; it may still end. */
    public boolean running() {
        return running;
    }

    /** Whether {@code onLeftover} was told of it; not if the close had no time left for that. It may have thrown. */
    public boolean handedOver() {
        return handedOver;
    }

    void handOver(Consumer<Leftover> taker) {
        handedOver = true;
        taker.accept(this);
    }

    /** Its task type, if it was submitted by one. */
    public Optional<AnyTaskType<?>> type() {
        return typed == null ? Optional.empty() : Optional.of(typed.type());
    }

    /**
     * Hands the task to {@code sink}, an {@link dev.errand.Errand} say, to be run from the start. If it was interrupted or
     * {@link #running()}, parts of it may be done twice.
     *
     * @throws CapabilityException if it was not submitted by a task type: a lambda cannot be stored
     */
    public EnqueueResult enqueue(TaskSink sink) {
        if (typed == null) {
            throw new CapabilityException("The leftover " + job.id() + " of type " + job.type()
                    + " is a lambda, which no broker can store; submit it by a task type with a handler");
        }
        return enqueue(typed, sink);
    }

    private static <P> EnqueueResult enqueue(TypedBody<P> task, TaskSink sink) {
        return sink.enqueue(task.type(), task.payload());
    }

    @Override
    public String toString() {
        return job + (running ? " (still running)" : "");
    }
}
