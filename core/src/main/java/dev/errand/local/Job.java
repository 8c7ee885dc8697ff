package dev.errand.local;

import dev.errand.AwaitTimeoutException;
import dev.errand.TaskFailedException;
import dev.errand.TaskId;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One job, which is also its handle: a million of them may wait, so each field counts. {@code before} and {@code after} belong to
 * {@link Keys} and its locks, {@code failures} and {@code runs} to the thread that runs the attempt; what other threads see is
 * volatile.
 */
final class Job<T extends @Nullable Object> implements LocalHandle<T> {
    @SuppressWarnings("rawtypes") // a class literal has no parameters
    private static final AtomicReferenceFieldUpdater<Job, Place> PLACE =
            AtomicReferenceFieldUpdater.newUpdater(Job.class, Place.class, "place");

    @SuppressWarnings("rawtypes")
    private static final AtomicReferenceFieldUpdater<Job, @Nullable Waiter> WAITERS =
            AtomicReferenceFieldUpdater.newUpdater(Job.class, Waiter.class, "waiters");

    final Engine engine;
    final String name;
    final Plan plan;
    final long number;
    final @Nullable Object key;
    final @Nullable Carried context;
    final @Nullable Follower follower;
    private @Nullable Callable<T> body;

    private volatile Place place = Place.OUT;
    /** By the monotonic clock: since when it has been ready, if anybody wants to know; or, while it is aside, until when it is there. */
    volatile long since;

    @Nullable
    Job<?> before;

    @Nullable
    Job<?> after;

    volatile @Nullable Attempt attempt;
    volatile int failures;
    volatile int runs;
    volatile Time.@Nullable Timer timer;
    private volatile @Nullable Ending end;
    private volatile @Nullable Waiter waiters;

    /** Is told of one job, by whichever thread it happens on, before those who wait for the job. */
    interface Follower {
        /** It came into line later than it was taken. */
        default void ready(Job<?> job) {}

        /** It has ended: its permits are free, its handle says how. */
        void ended(Job<?> job);
    }

    Job(
            Engine engine,
            String name,
            Plan plan,
            long number,
            @Nullable Object key,
            @Nullable Carried context,
            @Nullable Follower follower,
            Callable<T> body) {
        this.engine = engine;
        this.name = name;
        this.plan = plan;
        this.number = number;
        this.key = key;
        this.context = context;
        this.follower = follower;
        this.body = body;
    }

    /** The user's code; null once the job has ended. */
    @Nullable
    Callable<T> body() {
        return body;
    }

    Place place() {
        return place;
    }

    /** The attempt that runs; for the thread that runs it. */
    Attempt running() {
        Attempt now = attempt;
        if (now == null) {
            throw new IllegalStateException("only jobs that the room let start run");
        }
        return now;
    }

    /** One atomic step; false if it is elsewhere. */
    boolean move(Place from, Place to) {
        return place == from && PLACE.compareAndSet(this, from, to);
    }

    /** Its attempt is over, and there is no other: from now on it cannot be called off. True if it was before. */
    boolean decide() {
        return !move(Place.RUNNING, Place.ENDED) && move(Place.CALLED_OFF, Place.ENDED);
    }

    boolean calledOff() {
        return place == Place.CALLED_OFF;
    }

    /** Says how it ended, to the one whose step made it {@link Place#ENDED}; wakes all who wait. */
    void end(Ending how) {
        body = null;
        end = how;
        try {
            if (follower != null) {
                follower.ended(this);
            }
        } finally {
            if (waiters != null) {
                for (Waiter w = WAITERS.getAndSet(this, null); w != null; w = w.under) {
                    LockSupport.unpark(w.thread);
                }
            }
        }
    }

    /** It has come into line: those who wait for it may run it themselves. */
    void ready() {
        if (follower != null) {
            follower.ready(this);
        }
        for (Waiter w = waiters; w != null; w = w.under) {
            LockSupport.unpark(w.thread);
        }
    }

    @Nullable
    Ending ending() {
        return end;
    }

    @Override
    public TaskId id() {
        return engine.id(number);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int attempt() {
        return runs;
    }

    @Override
    public LocalState state() {
        return switch (end) {
            case null -> place.waiting() || place == Place.OUT ? LocalState.WAITING : LocalState.RUNNING;
            case Ending.Completed done -> LocalState.COMPLETED;
            case Ending.Dead dead -> LocalState.FAILED;
            case Ending.Cancelled cancelled -> LocalState.CANCELLED;
            case Ending.Dropped dropped -> LocalState.DROPPED;
            case Ending.Again again -> throw new IllegalStateException("a job that goes on has not ended");
        };
    }

    @Override
    public Optional<Throwable> failure() {
        return end instanceof Ending.Dead dead ? Optional.of(dead.failure()) : Optional.empty();
    }

    @Override
    public boolean cancel() {
        return engine.cancel(this, "cancelled before it began");
    }

    @Override
    public boolean await(Duration max) throws InterruptedException {
        if (end != null) {
            return true;
        }
        if (!max.isPositive()) {
            return false;
        }
        return waitForEnd(max);
    }

    /** Without a limit, a job of ours that waits here runs this one itself as soon as it is in line. */
    private boolean waitForEnd(@Nullable Duration max) throws InterruptedException {
        Waiter mine = push();
        Time.Timer limit = null;
        if (max != null) {
            limit = engine.time().after(max, () -> {
                mine.gaveUp = true;
                LockSupport.unpark(mine.thread);
            });
        }
        try {
            while (end == null && !mine.gaveUp) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while waiting for the end of " + this);
                }
                if (max != null || !engine.helpWith(this)) {
                    LockSupport.park(this);
                }
            }
            return end != null;
        } finally {
            mine.gaveUp = true;
            if (limit != null) {
                limit.cancel();
            }
        }
    }

    /** Those who gave up are forgotten by the next who comes. */
    private Waiter push() {
        while (true) {
            Waiter top = waiters;
            Waiter live = top;
            while (live != null && live.gaveUp) {
                live = live.under;
            }
            Waiter mine = new Waiter(Thread.currentThread(), live);
            if (WAITERS.compareAndSet(this, top, mine)) {
                return mine;
            }
        }
    }

    @Override
    public T result() throws InterruptedException {
        if (end == null) {
            waitForEnd(null);
        }
        return value();
    }

    @Override
    public T result(Duration max) throws InterruptedException {
        if (!await(max)) {
            throw new AwaitTimeoutException("The " + this + " has not ended within " + max + "; it is " + state()
                    + ". Wait longer, or cancel() it");
        }
        return value();
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // the body's own value, null if T may be
    private T value() {
        return switch (end) {
            case Ending.Completed done -> (T) done.value();
            case Ending.Dead dead ->
                throw new TaskFailedException(
                        "The " + this + " has no result (" + dead.cause() + "): " + dead.reason(), dead.failure());
            case Ending.Cancelled cancelled ->
                throw new TaskFailedException("The " + this + " has no result: " + cancelled.reason());
            case Ending.Dropped dropped ->
                throw new TaskFailedException("The " + this + " has no result: " + dropped.reason());
            case Ending.Again again -> throw new IllegalStateException("a job that goes on has not ended");
            case null -> throw new IllegalStateException("the job has not ended");
        };
    }

    LocalJob shown() {
        return new LocalJob(id(), name, engine.name(), runs);
    }

    @Override
    public String toString() {
        return "local task " + id() + " of type " + name;
    }
}
