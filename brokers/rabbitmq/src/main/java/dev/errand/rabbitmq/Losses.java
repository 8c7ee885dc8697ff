package dev.errand.rabbitmq;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * When this process lost what was delivered to it, and did not die. The broker counts a return for each such delivery as it does
 * for those of a worker that died, and does not say whose they were; whoever gets them next and has lost a connection itself
 * takes the return for that. So the restart of a broker, which takes everybody's connections away, counts no crashes, and one
 * that coincides with a real crash forgives it: in doubt for the task. Thread-safe.
 */
final class Losses {
    /** More than a delivery is ever returned. */
    private static final int MOST = Topology.POISON_LIMIT;

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Instant> times = new ArrayDeque<>();

    void add(Instant at) {
        lock.lock();
        try {
            times.addLast(at);
            if (times.size() > MOST) {
                times.removeFirst();
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many returns of a task of that age they may explain. */
    int since(Instant created) {
        lock.lock();
        try {
            return (int) times.stream().filter(at -> !at.isBefore(created)).count();
        } finally {
            lock.unlock();
        }
    }
}
