package dev.errand.local;

import dev.errand.AnyTaskType;
import dev.errand.CapabilityException;
import dev.errand.EnqueueOptions;
import dev.errand.EnqueueResult;
import dev.errand.StepAction;
import dev.errand.StepWork;
import dev.errand.TaskContext;
import dev.errand.TaskId;
import dev.errand.TaskSink;
import dev.errand.TypeToken;
import dev.errand.broker.AttemptToken;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;

/** A local attempt as the handler of a task type sees it. */
final class LocalContext implements TaskContext {
    private final Job<?> job;
    private final Attempt attempt;
    private final int run;
    private final Instant created;
    private final TaskSink children;

    LocalContext(Job<?> job, Attempt attempt, Instant created, TaskSink children) {
        this.job = job;
        this.attempt = attempt;
        this.run = job.runs;
        this.created = created;
        this.children = children;
    }

    @Override
    public TaskId id() {
        return job.id();
    }

    @Override
    public String type() {
        return job.name;
    }

    @Override
    public String queue() {
        return job.engine.name();
    }

    @Override
    public int attempt() {
        return job.failures + 1;
    }

    @Override
    public int maxAttempts() {
        return job.plan.retry().maxAttempts();
    }

    @Override
    public int crashes() {
        return 0;
    }

    @Override
    public AttemptToken token() {
        return new AttemptToken(run, job.number);
    }

    @Override
    public Instant deadline() {
        return attempt.deadline;
    }

    @Override
    public Instant created() {
        return created;
    }

    @Override
    public Map<String, String> headers() {
        return Map.of();
    }

    @Override
    public boolean cancelled() {
        return attempt.stopped() != null;
    }

    @Override
    public <R, X extends Exception> R step(String name, Class<R> result, StepWork<? extends R, X> work) {
        throw keepsNothing("steps");
    }

    @Override
    public <R, X extends Exception> R step(String name, TypeToken<R> result, StepWork<? extends R, X> work) {
        throw keepsNothing("steps");
    }

    @Override
    public <X extends Exception> void step(String name, StepAction<X> work) {
        throw keepsNothing("steps");
    }

    @Override
    public void progress(double fraction, String text) {
        throw keepsNothing("progress");
    }

    @Override
    public void log(String line) {
        throw keepsNothing("a log");
    }

    /** A type that declares one of them is refused when its handler is registered, so this one does not. */
    private CapabilityException keepsNothing(String what) {
        return new CapabilityException("Task type " + type() + " does not declare " + what + ", and the local tasks "
                + queue() + " could not keep it; run the type on a worker");
    }

    @Override
    public <Q> EnqueueResult enqueue(AnyTaskType<Q> type, Q payload) {
        return children.enqueue(type, payload);
    }

    @Override
    public <Q> EnqueueResult enqueue(AnyTaskType<Q> type, Q payload, Consumer<EnqueueOptions> options) {
        throw new CapabilityException("The local tasks " + queue() + " cannot enqueue " + type.name()
                + " with options; enqueue it on an Errand, or without options");
    }
}
