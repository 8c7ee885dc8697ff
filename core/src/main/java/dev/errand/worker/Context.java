package dev.errand.worker;

import dev.errand.AnyTaskType;
import dev.errand.EnqueueOptions;
import dev.errand.EnqueueResult;
import dev.errand.TaskContext;
import dev.errand.TaskId;
import dev.errand.broker.AttemptToken;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;

/** An attempt as its handler sees it. */
final class Context implements TaskContext {
    private final Attempt attempt;
    private final int maxAttempts;
    private final ChildEnqueuer children;

    Context(Attempt attempt, int maxAttempts, ChildEnqueuer children) {
        this.attempt = attempt;
        this.maxAttempts = maxAttempts;
        this.children = children;
    }

    @Override
    public TaskId id() {
        return attempt.envelope().id();
    }

    @Override
    public String type() {
        return attempt.envelope().type();
    }

    @Override
    public String queue() {
        return attempt.lease().queue();
    }

    @Override
    public int attempt() {
        return attempt.envelope().history().attempts() + 1;
    }

    @Override
    public int maxAttempts() {
        return maxAttempts;
    }

    @Override
    public int crashes() {
        return attempt.envelope().history().crashes();
    }

    @Override
    public AttemptToken token() {
        return attempt.lease().token();
    }

    @Override
    public Instant deadline() {
        return attempt.deadline;
    }

    @Override
    public Instant created() {
        return attempt.envelope().created();
    }

    @Override
    public Map<String, String> headers() {
        return attempt.envelope().headers();
    }

    @Override
    public boolean cancelled() {
        return attempt.stopped() != null;
    }

    @Override
    public <Q> EnqueueResult enqueue(AnyTaskType<Q> type, Q payload) {
        return enqueue(type, payload, o -> {});
    }

    @Override
    public <Q> EnqueueResult enqueue(AnyTaskType<Q> type, Q payload, Consumer<EnqueueOptions> options) {
        return children.enqueue(type, payload, id(), options);
    }
}
