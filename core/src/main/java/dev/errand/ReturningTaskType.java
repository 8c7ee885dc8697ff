package dev.errand;

import dev.errand.broker.Capability;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.function.Function;

/**
 * A task type whose handler returns a value, which can be awaited. Made by {@link TaskType#returning(Class)}. Immutable. Needs
 * a broker with a store.
 *
 * @param <P> the payload
 * @param <R> the result
 */
public final class ReturningTaskType<P, R> implements AnyTaskType<P> {
    private final TypeSpec<P> spec;

    ReturningTaskType(TypeSpec<P> spec) {
        this.spec = spec;
    }

    /** The result's Java type. */
    public Type resultType() {
        return spec.resultType().orElseThrow();
    }

    @Override
    public TypeSpec<P> spec() {
        return spec;
    }

    /** Tasks go to this queue unless the enqueue names another; {@code default} by default. */
    public ReturningTaskType<P, R> queue(String name) {
        return new ReturningTaskType<>(spec.withQueue(name));
    }

    /** When failed tasks are tried again; {@link Retry#standard()} by default. */
    public ReturningTaskType<P, R> retry(Retry policy) {
        return new ReturningTaskType<>(spec.withRetry(policy));
    }

    /** How long one attempt may run before it is interrupted and counts as failed; 30 minutes by default. */
    public ReturningTaskType<P, R> timeout(Duration limit) {
        return new ReturningTaskType<>(spec.withTimeout(limit));
    }

    /** How long completed tasks are kept to be looked at. Needs a broker with a store. */
    public ReturningTaskType<P, R> retention(Duration time) {
        return new ReturningTaskType<>(spec.withRetention(time));
    }

    /**
     * While a task with the same key waits or runs, and in any case for {@code ttl} after its enqueue, another one is not
     * stored but answered with {@link Duplicate}. Needs a broker with a store.
     *
     * @param key not blank, at most 255 characters
     * @param ttl zero or more
     */
    public ReturningTaskType<P, R> uniqueBy(Function<? super P, String> key, Duration ttl) {
        return new ReturningTaskType<>(spec.withUnique(key, ttl));
    }

    /** The same with the payload's bytes as key. */
    public ReturningTaskType<P, R> unique(Duration ttl) {
        return new ReturningTaskType<>(spec.withUnique(null, ttl));
    }

    /**
     * A later task replaces the waiting one: each runs {@code delay} after the last enqueue of its key, and 10 times the delay
     * after the first one at the latest. See {@link #debounce(Function, Duration, Duration)}.
     *
     * @param key not blank, at most 255 characters
     * @param delay more than 0, at most 366 days
     */
    public ReturningTaskType<P, R> debounce(Function<? super P, String> key, Duration delay) {
        return new ReturningTaskType<>(spec.withDebounce(key, delay, Limits.timesUpToMax(delay, 10)));
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
    public ReturningTaskType<P, R> debounce(Function<? super P, String> key, Duration delay, Duration atMost) {
        return new ReturningTaskType<>(spec.withDebounce(key, delay, atMost));
    }

    /** Lets handlers use {@link TaskContext#step}. Needs a broker with a store. */
    public ReturningTaskType<P, R> steps() {
        return new ReturningTaskType<>(spec.keeping(Capability.STEPS));
    }

    /** Lets handlers use {@link TaskContext#progress}. Needs a broker with a store. */
    public ReturningTaskType<P, R> progress() {
        return new ReturningTaskType<>(spec.keeping(Capability.PROGRESS));
    }

    /** Lets handlers use {@link TaskContext#log}. Needs a broker with a store. */
    public ReturningTaskType<P, R> log() {
        return new ReturningTaskType<>(spec.keeping(Capability.TASK_LOG));
    }

    /** Workers also run tasks stored under this old name. */
    public ReturningTaskType<P, R> alias(String oldName) {
        return new ReturningTaskType<>(spec.withAlias(oldName));
    }

    /**
     * Lifts payloads of schema version {@code from} to the next one; the type's own version is one above the highest that
     * is lifted, 1 if there is no upcaster.
     */
    public ReturningTaskType<P, R> upcast(int from, Upcaster upcaster) {
        return new ReturningTaskType<>(spec.withUpcast(from, upcaster));
    }

    @Override
    public String toString() {
        return spec.name();
    }
}
