package dev.errand.worker;

import dev.errand.broker.Envelope;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The tasks on their last chance: one more crash makes them dead letters. When a worker dies, nobody can tell which of its
 * tasks was to blame, so all of them count the crash; therefore a worker runs only one suspect at a time, and that one begins
 * only when every other that it was handed has been given back for good. So the culprit dies alone, and its neighbours, who
 * crashed with it before, do not die with it. Thread-safe.
 */
final class Suspects {
    private final int crashLimit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Attempt> held = new HashSet<>();

    Suspects(int crashLimit) {
        this.crashLimit = crashLimit;
    }

    boolean includes(Envelope task) {
        return Admission.isOnLastChance(task, crashLimit);
    }

    void hold(Attempt attempt) {
        if (attempt.suspect) {
            lock.lock();
            try {
                held.add(attempt);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Its outcome is written down, or it is lost. */
    void letGo(Attempt attempt) {
        if (attempt.suspect) {
            lock.lock();
            try {
                held.remove(attempt);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Waits until no other suspect is held; for those that are no suspects, returns at once. */
    void awaitTurn(Attempt attempt) throws InterruptedException {
        if (!attempt.suspect) {
            return;
        }
        lock.lockInterruptibly();
        try {
            while (held.size() > 1 || !held.contains(attempt)) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }
}
