package dev.errand.local;

import dev.errand.time.Time;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One run of a job. Its thread is interrupted at most once, and only between {@link #begin} and {@link #end}; an interrupt of ours
 * does not outlive the run. Whether it ends or is stopped first is one atomic step; the monitor is taken only once it is stopped.
 */
final class Attempt {
    /** Why it should stop; the first reason counts. */
    enum Stop {
        TIMEOUT,
        DEADLINE,
        CANCEL,
        SHUTDOWN
    }

    private static final AtomicIntegerFieldUpdater<Attempt> PHASE =
            AtomicIntegerFieldUpdater.newUpdater(Attempt.class, "phase");
    private static final int OPEN = 0;
    private static final int STOPPED = 1;
    private static final int ENDED = 2;

    final Job<?> job;
    /** How many permits it holds: none if it runs on another's thread. */
    private int held;

    private final boolean beside;
    /** Where it is among those who run. */
    int slot;

    private volatile int phase = OPEN;
    private volatile @Nullable Thread thread;
    private volatile @Nullable Stop stop;
    /** Set and cancelled by the thread that runs. */
    private Time.@Nullable Timer limit;

    private Time.@Nullable Timer watch;
    private boolean over;
    private boolean stuck;
    volatile Instant deadline = Instant.MAX;
    /** When it began, if anybody wants to know. */
    long begun;

    boolean seenToBegin;

    Attempt(Job<?> job, int held, boolean beside) {
        this.job = job;
        this.held = held;
        this.beside = beside;
    }

    /** Whether its end is still open. */
    boolean running() {
        return job.place().running() && job.attempt == this;
    }

    /** Whether it runs on a thread that is not its own. */
    boolean beside() {
        return beside;
    }

    /** The permits that it holds, which it holds no more. */
    int letGo() {
        int all = held;
        held = 0;
        return all;
    }

    /** False if it should not begin at all. */
    boolean begin(Thread runner) {
        thread = runner;
        return phase == OPEN;
    }

    /** The timer that stops it; called by its own thread. */
    void limitedBy(Time.Timer timer) {
        limit = timer;
    }

    /** Asks it to stop; true if this is the reason that counts. */
    synchronized boolean stop(Stop why) {
        if (!PHASE.compareAndSet(this, OPEN, STOPPED)) {
            return false;
        }
        stop = why;
        Thread runner = thread;
        if (runner != null) {
            runner.interrupt();
        }
        return true;
    }

    @Nullable
    Stop stopped() {
        return stop;
    }

    /** The timer that finds it stuck; cancelled at its end. */
    synchronized void watchedBy(Time.Timer timer) {
        if (over) {
            timer.cancel();
        } else {
            watch = timer;
        }
    }

    /** It was interrupted a while ago; true if it still runs. */
    synchronized boolean foundStuck() {
        stuck = !over;
        return stuck;
    }

    synchronized boolean isStuck() {
        return stuck && !over;
    }

    /** The job's code is over, on this thread; answers whether it had been found stuck. */
    boolean end() {
        if (limit != null) {
            limit.cancel();
        }
        return !PHASE.compareAndSet(this, OPEN, ENDED) && endStopped();
    }

    /** By taking the monitor, this waits for the one who interrupts. */
    private synchronized boolean endStopped() {
        over = true;
        if (thread != null) {
            Thread.interrupted();
        }
        if (watch != null) {
            watch.cancel();
        }
        return stuck;
    }
}
