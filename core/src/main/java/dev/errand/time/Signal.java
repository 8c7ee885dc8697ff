package dev.errand.time;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A wake-up that is not lost: {@link #raise()} before {@link #await(Duration)} makes the latter return at once. Several
 * raises before one wait count as one. Any thread may raise; one thread waits. The wait is timed by a {@link Time}.
 */
public final class Signal {
    private final Time time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean raised;
    private long round;
    private long expired = -1;

    /** A signal whose timed waits follow {@code time}. */
    public Signal(Time time) {
        this.time = time;
    }

    /** Wakes the waiting thread, or the next one to wait. */
    public void raise() {
        lock.lock();
        try {
            raised = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until raised, at most {@code max}.
     *
     * @return whether it was raised; the signal is lowered again
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public boolean await(Duration max) throws InterruptedException {
        return awaitUntil(time.nanoTime() + max.toNanos());
    }

    /**
     * The same until {@link Time#nanoTime()} has come so far. Does not miss time that passes while this thread is on its way to
     * waiting.
     */
    public boolean awaitUntil(long nanos) throws InterruptedException {
        long mine;
        long left = nanos - time.nanoTime();
        lock.lockInterruptibly();
        try {
            if (raised || left <= 0) {
                return lower();
            }
            mine = ++round;
        } finally {
            lock.unlock();
        }
        Time.Timer timer = time.after(Duration.ofNanos(left), () -> expire(mine));
        if (nanos - time.nanoTime() <= 0) {
            expire(mine);
        }
        lock.lock();
        try {
            while (!raised && expired < mine) {
                changed.await();
            }
            return lower();
        } finally {
            lock.unlock();
            timer.cancel();
        }
    }

    private boolean lower() {
        boolean was = raised;
        raised = false;
        return was;
    }

    private void expire(long of) {
        lock.lock();
        try {
            expired = Math.max(expired, of);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
