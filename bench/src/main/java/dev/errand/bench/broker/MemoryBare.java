package dev.errand.bench.broker;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** What a queue in memory is without an engine: a line of ready tasks and a table of running ones, behind one lock. */
final class MemoryBare implements Bare {
    private record Task(long id, byte[] payload) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Task> ready = new ArrayDeque<>();
    private final Map<Long, Task> active = new HashMap<>();
    private long ids;

    @Override
    public void enqueue(List<byte[]> payloads) {
        lock.lock();
        try {
            for (byte[] payload : payloads) {
                ready.add(new Task(ids++, payload));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int takeAndComplete(int max) {
        long[] taken = new long[max];
        int count = 0;
        lock.lock();
        try {
            for (Task task = ready.poll(); task != null; task = count < max ? ready.poll() : null) {
                active.put(task.id(), task);
                taken[count++] = task.id();
            }
        } finally {
            lock.unlock();
        }
        lock.lock();
        try {
            for (int i = 0; i < count; i++) {
                active.remove(taken[i]);
            }
        } finally {
            lock.unlock();
        }
        return count;
    }

    @Override
    public void close() {
        ready.clear();
    }
}
