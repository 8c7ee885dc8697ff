package dev.errand.sql;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Wakes one waiting thread; a ring before the wait is not lost. In real time, because other processes live in it too. */
final class Bell {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean rung;

    void ring() {
        lock.lock();
        try {
            rung = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a ring, at most {@code nanos}; lowers it. */
    boolean await(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (!rung && left > 0) {
                left = changed.awaitNanos(left);
            }
            boolean was = rung;
            rung = false;
            return was;
        } finally {
            lock.unlock();
        }
    }

    /** The same, through interrupts; the flag is kept. */
    void awaitUninterruptibly(long nanos) {
        long deadline = System.nanoTime() + nanos;
        boolean interrupted = false;
        while (true) {
            try {
                await(deadline - System.nanoTime());
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
