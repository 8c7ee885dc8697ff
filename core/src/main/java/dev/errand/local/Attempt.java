package dev.errand.local;

import dev.errand.time.Time;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One run of a job. Its thread is interrupted once, and once more for each stronger reason, and only between {@link #begin} and {@link
 * #end}; an interrupt of ours does not outlive the run. Whether it ends or is stopped first is one atomic step; the monitor is taken only once it is stopped.
 */
final class Attempt {
    /** Why it should stop, the stronger reasons later; the first one that was said counts. */
    enum Stop {
        TIMEOUT,
        DEADLINE,
        CANCEL,
        SHUTDOWN;

        int strength() {
            return 1 + ordinal();
        }
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
    /** How strong the reason of the last interrupt was; under the monitor. */
    private int urged;
    /** Whose thread this one runs on, if another attempt of ours waits there for it. */
    private final @Nullable Attempt around;
    /** What {@link #urgedInAll} of {@link #around} was at the beginning. */
    private final int urgedBefore;

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
        Job<?> outer = beside ? Current.job() : null;
        this.around = outer == null ? null : outer.attempt;
        this.urgedBefore = around == null || Thread.currentThread().isInterrupted() ? 0 : around.urgedInAll();
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
        boolean first = PHASE.compareAndSet(this, OPEN, STOPPED);
        if (first) {
            stop = why;
        } else if (over || urged == 0 || why.strength() <= urged) {
            return false;
        }
        urged = why.strength();
        Thread runner = thread;
        if (runner != null) {
            runner.interrupt();
        }
        return first;
    }

    /** Grows with each interrupt of this one, or of one that its thread runs further out. */
    private synchronized int urgedInAll() {
        return urged + (around == null ? 0 : around.urgedInAll());
    }

    /** Whether an interrupt that was meant for one further out has come, or may have come, to this one. */
    boolean strayed() {
        return around != null && around.urgedInAll() != urgedBefore;
    }

    /** After the run: an interrupt that was meant for one further out goes on to it. */
    void passInterruptOn() {
        if (strayed()) {
            Thread.currentThread().interrupt();
        }
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
