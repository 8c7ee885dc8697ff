package dev.errand.local;

import dev.errand.AnyTaskType;
import dev.errand.ConfigurationException;
import dev.errand.Defaults;
import dev.errand.EnqueueResult;
import dev.errand.Enqueued;
import dev.errand.Errand;
import dev.errand.ReturningTaskType;
import dev.errand.TaskSink;
import dev.errand.TaskType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Work inside this process, for what need not survive it: write an audit line, warm a cache, notify. Thread-safe; make one for
 * each kind of work that is to have bounds of its own.
 *
 * <pre>{@code
 * try (LocalTasks audit = LocalTasks.named("audit").permits(4).waitingRoom(10_000).build()) {
 *   audit.run("order placed", () -> file.append(line));
 * }
 * }</pre>
 *
 * <ul>
 *   <li>At most {@code permits} run at once, on virtual threads; at most {@code waitingRoom} wait; then {@link
 *       WhenFull} decides.
 *   <li>Whatever a job throws, {@code Error}s included, is contained: counted, logged once by {@code dev.errand.task} with the job's
 *       name, handed to the observers. Neither another job nor the submitter is concerned.
 *   <li>The submitter's MDC, deadline and {@linkplain ContextCarrier contexts} go along. While a job runs, the MDC has {@code
 *       task.id}, {@code task.type}, {@code task.queue} and {@code task.attempt}, as for durable tasks.
 *   <li>Nothing is stored: what has not run when the process ends, or the close gives up, is gone unless {@code onLeftover} takes
 *       it.
 * </ul>
 */
public final class LocalTasks implements TaskSink, AutoCloseable {
    private final Engine engine;
    private final Admission admission;
    private final Counters counters;
    private final Plan defaults;
    private final Map<String, TypedHandler> handlers;
    private final Closing closing;

    LocalTasks(
            Engine engine,
            Admission admission,
            Counters counters,
            Plan defaults,
            Map<String, TypedHandler> handlers,
            Closing closing) {
        this.engine = engine;
        this.admission = admission;
        this.counters = counters;
        this.defaults = defaults;
        this.handlers = handlers;
        this.closing = closing;
    }

    /**
     * Sets one up.
     *
     * @param name shown in logs and metrics, as the queue of its jobs: 1 to 200 printable characters
     */
    public static LocalTasksBuilder named(String name) {
        return new LocalTasksBuilder(name);
    }

    /** By when the job that the calling thread runs must have ended; empty outside of jobs, and if there is no such time. */
    public static Optional<Instant> currentDeadline() {
        Job<?> job = Current.job();
        Attempt attempt = job == null ? null : job.attempt;
        return attempt == null || attempt.deadline.equals(Instant.MAX)
                ? Optional.empty()
                : Optional.of(attempt.deadline);
    }

    /** The name. */
    public String name() {
        return engine.name();
    }

    /**
     * Submits work with a result.
     *
     * @param name of the kind of work, for logs and metrics; few different ones
     * @throws RoomFullException if there is no room, by the choice of {@link WhenFull}
     * @throws LocalClosedException if this is closed
     */
    public <T extends @Nullable Object> LocalHandle<T> submit(String name, Callable<T> work) {
        return submitted(engine.job(name, defaults, null, null, work), Duration.ZERO);
    }

    /** The same with options for this one job. */
    public <T extends @Nullable Object> LocalHandle<T> submit(
            String name, Consumer<JobOptions> options, Callable<T> work) {
        return submit(name, options, null, work);
    }

    /** Submits work without a result; otherwise as {@link #submit(String, Callable)}. */
    public LocalHandle<@Nullable Void> run(String name, LocalAction work) {
        return submit(name, callable(work));
    }

    /** The same with options for this one job. */
    public LocalHandle<@Nullable Void> run(String name, Consumer<JobOptions> options, LocalAction work) {
        return submit(name, options, callable(work));
    }

    /** As {@link #submit(String, Callable)}, in order by {@linkplain JobOptions#key(Object) key}. */
    public <T extends @Nullable Object> LocalHandle<T> submitInOrder(Object key, String name, Callable<T> work) {
        return submitted(engine.job(name, defaults, key, null, work), Duration.ZERO);
    }

    /** As {@link #run(String, LocalAction)}, in order by {@linkplain JobOptions#key(Object) key}. */
    public LocalHandle<@Nullable Void> runInOrder(Object key, String name, LocalAction work) {
        return submitInOrder(key, name, callable(work));
    }

    Plan defaults() {
        return defaults;
    }

    static Callable<@Nullable Void> callable(LocalAction work) {
        return () -> {
            work.run();
            return null;
        };
    }

    <T extends @Nullable Object> Job<T> submit(
            String name, Consumer<JobOptions> options, Job.@Nullable Follower follower, Callable<T> work) {
        JobOptions chosen = new JobOptions(defaults);
        options.accept(chosen);
        return submitted(engine.job(name, chosen.plan(), chosen.key(), follower, work), chosen.delay());
    }

    private <T extends @Nullable Object> Job<T> submitted(Job<T> job, Duration delay) {
        admission.submit(job, delay);
        return job;
    }

    /**
     * Runs a task by the handler of its type, with the type's retry and timeout. The payload is handed over as it is, not encoded:
     * do not change it afterwards.
     *
     * @throws ConfigurationException if the type has no handler here
     */
    public <P> LocalHandle<@Nullable Object> submit(TaskType<P> type, P payload) {
        Job<@Nullable Object> job = typed(type, payload);
        admission.submit(job, Duration.ZERO);
        return job;
    }

    /** The same for a type with a result. */
    @SuppressWarnings("unchecked") // handle(type, handler) has checked the handler against the type
    public <P, R> LocalHandle<R> submit(ReturningTaskType<P, R> type, P payload) {
        Job<@Nullable Object> job = typed(type, payload);
        admission.submit(job, Duration.ZERO);
        return (LocalHandle<R>) (LocalHandle<?>) job;
    }

    /** As {@link #submit(TaskType, Object)}, for code that may as well enqueue on a broker. */
    @Override
    public <P> EnqueueResult enqueue(AnyTaskType<P> type, P payload) {
        Job<@Nullable Object> job = typed(type, payload);
        admission.submit(job, Duration.ZERO);
        return new Enqueued(job.id());
    }

    private <P> Job<@Nullable Object> typed(AnyTaskType<P> type, P payload) {
        TypedHandler handler = handlers.get(type.name());
        if (handler == null) {
            throw new ConfigurationException("The local tasks " + name() + " have no handler for task type "
                    + type.name() + "; add handle(type, handler) where they are built");
        }
        Plan plan = new Plan(1, handler.spec().retry(), handler.spec().timeout(), null);
        Instant created = engine.time().now();
        return engine.job(type.name(), plan, null, null, new TypedBody<>(type, payload, handler, created, this));
    }

    /**
     * Tasks run here as long as there is room at once, and go to the broker otherwise: also when this is closed, and whatever the
     * choice of {@link WhenFull}, except that with {@link WhenFull#dropOldest()} the oldest still gives way first.
     */
    public TaskSink orDurable(Errand errand) {
        return orElse(errand);
    }

    /** The same with any other sink. */
    public TaskSink orElse(TaskSink other) {
        return new TaskSink() {
            @Override
            public <P> EnqueueResult enqueue(AnyTaskType<P> type, P payload) {
                Job<@Nullable Object> job = typed(type, payload);
                return admission.offer(job) ? new Enqueued(job.id()) : other.enqueue(type, payload);
            }
        };
    }

    /** A group: the first failure cancels the rest. For the calling thread, within a {@code try}. */
    public <T extends @Nullable Object> LocalGroup<T> group() {
        return group(o -> {});
    }

    /** The same with options. */
    public <T extends @Nullable Object> LocalGroup<T> group(Consumer<GroupOptions> options) {
        GroupOptions chosen = new GroupOptions();
        options.accept(chosen);
        return new LocalGroup<>(this, engine, chosen);
    }

    /**
     * Repeats work at a fixed rate, the first time one period from now. Beats that the machine was too late for are left out, and
     * so are those for which there is no room; neither is made up for. Every run has the context of the calling thread, but not its
     * deadline.
     *
     * @param period at least 1 ms
     * @param overlap what to do while an earlier run waits or goes on
     */
    public Repetition every(Duration period, Overlap overlap, String name, LocalAction work) {
        return Repetition.start(engine, admission, defaults, period, overlap, name, work);
    }

    /**
     * Of calls that follow each other within {@code quiet}, only the last has its work done, once there was quiet.
     *
     * @param <K> what the calls are told apart by
     */
    public <K> Debounce<K> debounce(String name, Duration quiet) {
        return new Debounce<>(engine, admission, defaults, name, quiet, null);
    }

    /** The same, but at the latest {@code most} after the first of them, so that unending calls have their work done too. */
    public <K> Debounce<K> debounce(String name, Duration quiet, Duration most) {
        return new Debounce<>(engine, admission, defaults, name, quiet, most);
    }

    /**
     * Work is done at most once in each {@code interval}: the first call's at once, then, at the interval's end, that of the last
     * call in it.
     *
     * @param <K> what the calls are told apart by
     */
    public <K> Throttle<K> throttle(String name, Duration interval) {
        return new Throttle<>(engine, admission, defaults, name, interval);
    }

    /** The figures now. */
    public LocalStats stats() {
        return counters.with(
                engine.room().books(),
                engine.room().capacity().permits(),
                engine.room().capacity().places());
    }

    /** The jobs that go on although they were interrupted five seconds ago or more. */
    public List<LocalJob> stuck() {
        return engine.room()
                .running()
                .filter(Attempt::isStuck)
                .map(attempt -> attempt.job.shown())
                .toList();
    }

    /**
     * Closes: takes no more jobs; waits for those that run, are in line, or fall due in time; then interrupts those that still run,
     * takes out those that still wait, and waits for the former. Idempotent: a later call answers the first one's report. If the
     * calling thread is interrupted, the waiting is over at once.
     *
     * <p>No call of {@code onLeftover} begins later than {@code interrupt}, or 5 s if that is more, after the drain, and for those
     * that still run, 5 s after the wait for them: what is left then is only reported. A call that has begun is waited for.
     *
     * @param drain how long to wait first, zero or more
     * @param interrupt how long to wait for the interrupted ones, zero or more
     * @return what did not finish; {@link Leftover#handedOver} says whether {@code onLeftover} was told
     */
    public LocalReport stop(Duration drain, Duration interrupt) {
        return closing.stop(drain, interrupt);
    }

    /** {@link #stop} with the limits of durable workers: 20 s, then 5 s. Not for a job of its own to call. */
    @Override
    public void close() {
        stop(Defaults.DRAIN, Defaults.INTERRUPT);
    }

    @Override
    public String toString() {
        return "local tasks " + name();
    }
}
