package dev.errand.worker;

import dev.errand.AnyTaskType;
import dev.errand.EnqueueOptions;
import dev.errand.EnqueueResult;
import dev.errand.StepAction;
import dev.errand.StepWork;
import dev.errand.TaskContext;
import dev.errand.TaskId;
import dev.errand.TypeToken;
import dev.errand.broker.AttemptToken;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An attempt as its handler sees it. */
final class Context implements TaskContext {
    private final Attempt attempt;
    private final int maxAttempts;
    private final ChildEnqueuer children;
    private final Keeping keeping;
    private volatile @Nullable Steps steps;

    Context(Attempt attempt, int maxAttempts, ChildEnqueuer children, Keeping keeping) {
        this.keeping = keeping;
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
    public <R, X extends Exception> R step(String name, Class<R> result, StepWork<? extends R, X> work) throws X {
        return step(name, (Type) result, work);
    }

    @Override
    public <R, X extends Exception> R step(String name, TypeToken<R> result, StepWork<? extends R, X> work) throws X {
        return step(name, result.type(), work);
    }

    @SuppressWarnings("unchecked") // the codec answers what the type says
    private <R, X extends Exception> R step(String name, Type result, StepWork<? extends R, X> work) throws X {
        return (R) Objects.requireNonNull(steps().run(name, result, work));
    }

    @Override
    public <X extends Exception> void step(String name, StepAction<X> work) throws X {
        steps().run(name, null, () -> {
            work.run();
            return "";
        });
    }

    private Steps steps() {
        Steps mine = steps;
        if (mine == null) {
            synchronized (attempt) {
                mine = steps;
                if (mine == null) {
                    mine = keeping.steps(attempt);
                    steps = mine;
                }
            }
        }
        return mine;
    }

    @Override
    public void progress(double fraction, String text) {
        keeping.progress(attempt, fraction, text);
    }

    @Override
    public void log(String line) {
        keeping.log(attempt, line);
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
