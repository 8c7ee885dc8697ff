package dev.errand.nats;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads of the client library: daemons, so that a connection that nobody has closed keeps no process alive. */
final class Threads implements ThreadFactory, AutoCloseable {
    private final AtomicInteger number = new AtomicInteger();
    private final ExecutorService pool = Executors.newCachedThreadPool(this);
    private final ScheduledExecutorService timers = Executors.newScheduledThreadPool(1, this);

    @Override
    public Thread newThread(Runnable action) {
        return Thread.ofPlatform()
                .daemon()
                .name("errand-nats-" + number.incrementAndGet())
                .unstarted(action);
    }

    ExecutorService pool() {
        return pool;
    }

    ScheduledExecutorService timers() {
        return timers;
    }

    @Override
    public void close() {
        timers.shutdownNow();
        pool.shutdown();
    }
}
