package dev.errand.local;

import dev.errand.AwaitTimeoutException;
import dev.errand.TaskFailedException;
import dev.errand.time.Signal;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that belong together: forked, then joined, by the one thread that opened the group.
 *
 * <pre>{@code
 * try (LocalGroup<Offer> group = local.group()) {
 *   suppliers.forEach(s -> group.fork("ask", s::offer));
 *   List<Offer> offers = group.join(Duration.ofSeconds(2));
 * }
 * }</pre>
 *
 * <p>The first fork that fails cancels the others, those that are not forked yet included, unless failures are collected. After
 * {@code close} none of the forks runs any more; a fork that ignores its interrupt keeps {@code close} waiting. Forks use the
 * permits and the waiting room of their {@link LocalTasks}; if the group was opened by one of its jobs, this one runs forks that
 * are still in line itself while it waits, so that groups within groups cannot use up all permits.
 *
 * @param <T> the forks' results
 */
public final class LocalGroup<T extends @Nullable Object> implements AutoCloseable {
    private static final Duration LONG = Duration.ofDays(365);

    private final LocalTasks tasks;
    private final Engine engine;
    private final int limit;
    private final boolean collecting;
    private final Thread owner = Thread.currentThread();
    private final Signal changed;
    private final ReentrantLock lock = new ReentrantLock();
    /** Written by the owner, under the lock; read by it, or under the lock. */
    private final List<Job<? extends T>> forks = new ArrayList<>();

    private final Queue<Job<?>> readied = new ConcurrentLinkedQueue<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicReference<@Nullable Job<?>> firstFailure = new AtomicReference<>();
    private volatile boolean cancelled;
    private boolean closed;
    private int asked;

    LocalGroup(LocalTasks tasks, Engine engine, GroupOptions options) {
        this.tasks = tasks;
        this.engine = engine;
        this.limit = options.limit;
        this.collecting = options.collecting;
        this.changed = new Signal(engine.time());
    }

    /**
     * Submits a fork. Waits if the group is at its limit.
     *
     * @return its handle; if the group is cancelled already, that of a job that does not run
     * @throws InterruptedException if the thread is interrupted while it waits for the group's limit; nothing was submitted
     * @throws RoomFullException as {@link LocalTasks#submit(String, Callable)} does
     */
    public <U extends T> LocalHandle<U> fork(String name, Callable<U> work) throws InterruptedException {
        return fork(name, o -> {}, work);
    }

    /** The same with options for this one job. */
    public <U extends T> LocalHandle<U> fork(String name, Consumer<JobOptions> options, Callable<U> work)
            throws InterruptedException {
        checkOwner();
        if (closed) {
            throw new LocalClosedException("The group is closed and takes no more; " + name + " was not forked");
        }
        while (open.get() >= limit) {
            waitOrHelp(null, new AtomicInteger());
        }
        if (cancelled) {
            Job<U> job = engine.job(name, tasks.defaults(), null, null, work);
            engine.endUntaken(job, new Ending.Cancelled("its group was cancelled before", false));
            firstFailure.compareAndSet(null, job);
            return added(job);
        }
        open.incrementAndGet();
        Job<U> job;
        try {
            job = tasks.submit(name, options, new Watch(), work);
        } catch (Throwable t) {
            open.decrementAndGet();
            throw t;
        }
        added(job);
        if (cancelled) {
            job.cancel();
        }
        return job;
    }

    private <U extends T> Job<U> added(Job<U> job) {
        lock.lock();
        try {
            forks.add(job);
        } finally {
            lock.unlock();
        }
        return job;
    }

    /** On whichever thread it happens. */
    private final class Watch implements Job.Follower {
        @Override
        public void ready(Job<?> fork) {
            readied.add(fork);
            changed.raise();
        }

        @Override
        public void ended(Job<?> fork) {
            if (fork.state() != LocalState.COMPLETED && firstFailure.compareAndSet(null, fork) && !collecting) {
                cancel();
            }
            open.decrementAndGet();
            changed.raise();
        }
    }

    /**
     * Waits for all forks.
     *
     * @return their results in the order of forking
     * @throws GroupFailedException if one failed, was cancelled or dropped; without {@code collectFailures} as soon as one did
     * @throws InterruptedException if the calling thread is interrupted; the forks go on until {@link #close}
     */
    public List<T> join() throws InterruptedException {
        return join(LONG);
    }

    /**
     * The same with a limit, which cancels the forks that have not ended.
     *
     * @throws AwaitTimeoutException if they have not all ended within {@code max}
     */
    public List<T> join(Duration max) throws InterruptedException {
        checkOwner();
        Time time = engine.time();
        long end = time.nanoTime() + max.toNanos();
        AtomicInteger late = new AtomicInteger();
        while (open.get() > 0 && !(cancelled && firstFailure.get() != null)) {
            long left = end - time.nanoTime();
            if (left <= 0) {
                late.set(open.get());
                break;
            }
            waitOrHelp(Duration.ofNanos(left), late);
        }
        if (late.get() > 0 && (open.get() > 0 || firstFailure.get() != null)) {
            cancel();
            throw new AwaitTimeoutException(
                    late + " of " + forks.size() + " forks have not ended within " + max + "; they are cancelled");
        }
        failIfAnyFailed();
        List<T> results = new ArrayList<>(forks.size());
        for (Job<? extends T> fork : forks) {
            results.add(fork.result());
        }
        return results;
    }

    private void failIfAnyFailed() {
        Job<?> first = firstFailure.get();
        if (first == null) {
            return;
        }
        GroupFailedException failed =
                new GroupFailedException("The fork " + first.name() + " of a group has failed", causeOf(first));
        for (Job<?> fork : forks) {
            if (collecting && fork != first && fork.state() != LocalState.COMPLETED) {
                failed.addSuppressed(causeOf(fork));
            }
        }
        throw failed;
    }

    private static Throwable causeOf(Job<?> job) {
        return job.failure().orElseGet(() -> new TaskFailedException("The " + job + " is " + job.state()));
    }

    /** The forks, in order. */
    public List<LocalHandle<? extends T>> forks() {
        checkOwner();
        return List.copyOf(forks);
    }

    /** Cancels the forks that have not ended, and those to come. Any thread may. */
    public void cancel() {
        cancelled = true;
        List<Job<? extends T>> all;
        lock.lock();
        try {
            all = List.copyOf(forks);
        } finally {
            lock.unlock();
        }
        all.forEach(Job::cancel);
    }

    /** {@code late} gets the number of the open forks, if the limit passes while this thread runs one and nothing has failed before. */
    private void waitOrHelp(@Nullable Duration max, AtomicInteger late) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while waiting for the forks of a group");
        }
        if (help(max, late)) {
            return;
        }
        changed.await(max == null ? LONG : max);
    }

    /** Runs the next fork that is still in line; false if there is none, or this thread is no job of ours. */
    private boolean help(@Nullable Duration max, AtomicInteger late) {
        Job<?> current = Current.job();
        if (current == null || current.engine != engine) {
            return false;
        }
        for (Job<?> fork = nextReady(); fork != null; fork = nextReady()) {
            if (fork.place() == Place.LINE) {
                Job<?> mine = fork;
                Time.Timer limitOfJoin = max == null
                        ? null
                        : engine.time().after(max, () -> {
                            if (!cancelled) {
                                late.set(open.get());
                            }
                            mine.cancel();
                        });
                boolean helped = engine.helpWith(mine);
                if (limitOfJoin != null) {
                    limitOfJoin.cancel();
                }
                if (helped) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Each fork once, and once more whenever it has come back into line. */
    private @Nullable Job<?> nextReady() {
        Job<?> late = readied.poll();
        if (late != null) {
            return late;
        }
        return asked < forks.size() ? forks.get(asked++) : null;
    }

    private void checkOwner() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException(
                    "A group is for the thread that opened it; open one in each thread that forks");
        }
    }

    /** Cancels what has not ended and waits until nothing of it runs; an interrupt of the calling thread is kept for afterwards. */
    @Override
    public void close() {
        checkOwner();
        closed = true;
        cancel();
        boolean interrupted = false;
        while (open.get() > 0) {
            try {
                changed.await(LONG);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
