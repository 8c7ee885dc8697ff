package dev.errand;

import dev.errand.broker.Capability;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.function.Function;

/**
 * A constant that names a kind of work: wire name, payload class, policy. Immutable: every method answers a new value.
 *
 * <pre>{@code
 * TaskType<OrderPlaced> CONFIRM = TaskType.of("mail.confirm", OrderPlaced.class)
 *     .queue("mail").timeout(Duration.ofSeconds(30)).retry(Retry.exponential(Duration.ofSeconds(2)).maxAttempts(8));
 * }</pre>
 *
 * @param <P> the payload
 */
public final class TaskType<P> implements AnyTaskType<P> {
    private final TypeSpec<P> spec;

    TaskType(TypeSpec<P> spec) {
        this.spec = spec;
    }

    /** A type with the defaults of {@link Defaults}; throws {@link InvalidTaskException} if the name is not one. */
    public static <P> TaskType<P> of(String name, Class<P> payload) {
        return new TaskType<>(TypeSpec.of(name, payload));
    }

    /** The same for a generic payload. */
    public static <P> TaskType<P> of(String name, TypeToken<P> payload) {
        return new TaskType<>(TypeSpec.of(name, payload.type()));
    }

    /** The same kind of work with a result, which is kept for an hour unless the retention says otherwise. */
    public <R> ReturningTaskType<P, R> returning(Class<R> result) {
        return new ReturningTaskType<>(spec.withResult((Type) result));
    }

    /** The same for a generic result. */
    public <R> ReturningTaskType<P, R> returning(TypeToken<R> result) {
        return new ReturningTaskType<>(spec.withResult(result.type()));
    }

    @Override
    public TypeSpec<P> spec() {
        return spec;
    }

    /** Tasks go to this queue unless the enqueue names another; {@code default} by default. */
    public TaskType<P> queue(String name) {
        return new TaskType<>(spec.withQueue(name));
    }

    /** When failed tasks are tried again; {@link Retry#standard()} by default. */
    public TaskType<P> retry(Retry policy) {
        return new TaskType<>(spec.withRetry(policy));
    }

    /** How long one attempt may run before it is interrupted and counts as failed; 30 minutes by default. */
    public TaskType<P> timeout(Duration limit) {
        return new TaskType<>(spec.withTimeout(limit));
    }

    /** How long completed tasks are kept to be looked at. Needs a broker with a store. */
    public TaskType<P> retention(Duration time) {
        return new TaskType<>(spec.withRetention(time));
    }

    /**
     * While a task with the same key waits or runs, and in any case for {@code ttl} after its enqueue, another one is not
     * stored but answered with {@link Duplicate}. Needs a broker with a store.
     *
     * @param key not blank, at most 255 characters
     * @param ttl zero or more
     */
    public TaskType<P> uniqueBy(Function<? super P, String> key, Duration ttl) {
        return new TaskType<>(spec.withUnique(key, ttl));
    }

    /** The same with the payload's bytes as key. */
    public TaskType<P> unique(Duration ttl) {
        return new TaskType<>(spec.withUnique(null, ttl));
    }

    /**
     * A later task replaces the waiting one: each runs {@code delay} after the last enqueue of its key, and 10 times the delay
     * after the first one at the latest. See {@link #debounce(Function, Duration, Duration)}.
     *
     * @param key not blank, at most 255 characters
     * @param delay more than 0, at most 366 days
     */
    public TaskType<P> debounce(Function<? super P, String> key, Duration delay) {
        return new TaskType<>(spec.withDebounce(key, delay, Limits.timesUpToMax(delay, 10)));
    }

    /**
     * A later task replaces the waiting one. While a task with the same key waits (scheduled, ready or to be retried), an
     * enqueue stores no second one but replaces its payload and everything else that was given for it; the task keeps its id,
     * starts its attempts anew, drops its steps, progress and log lines, and runs {@code delay} from now. The answer is
     * {@link Replaced}. While the task runs, another one is stored. A delay or time given for a single task counts instead of
     * {@code delay}. Needs a broker with a store; not together with {@link #uniqueBy} or {@link #unique}.
     *
     * @param key not blank, at most 255 characters
     * @param delay more than 0, at most 366 days
     * @param atMost however many follow, the task is due this long after the first enqueue at the latest; at least {@code delay}
     */
    public TaskType<P> debounce(Function<? super P, String> key, Duration delay, Duration atMost) {
        return new TaskType<>(spec.withDebounce(key, delay, atMost));
    }

    /** Lets handlers use {@link TaskContext#step}. Needs a broker with a store. */
    public TaskType<P> steps() {
        return new TaskType<>(spec.keeping(Capability.STEPS));
    }

    /** Lets handlers use {@link TaskContext#progress}. Needs a broker with a store. */
    public TaskType<P> progress() {
        return new TaskType<>(spec.keeping(Capability.PROGRESS));
    }

    /** Lets handlers use {@link TaskContext#log}. Needs a broker with a store. */
    public TaskType<P> log() {
        return new TaskType<>(spec.keeping(Capability.TASK_LOG));
    }

    /** Workers also run tasks stored under this old name. */
    public TaskType<P> alias(String oldName) {
        return new TaskType<>(spec.withAlias(oldName));
    }

    /**
     * Lifts payloads of schema version {@code from} to the next one; the type's own version is one above the highest that
     * is lifted, 1 if there is no upcaster.
     */
    public TaskType<P> upcast(int from, Upcaster upcaster) {
        return new TaskType<>(spec.withUpcast(from, upcaster));
    }

    @Override
    public String toString() {
        return spec.name();
    }
}
