package dev.errand.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The system clock; timers run on one daemon platform thread, so that busy virtual threads cannot delay them. */
final class SystemTime implements Time {
    private static final Logger log = LoggerFactory.getLogger(Time.class);

    private final ScheduledThreadPoolExecutor timers;

    SystemTime() {
        timers = new ScheduledThreadPoolExecutor(
                1,
                Thread.ofPlatform().daemon().name("errand-timer").factory(),
                new ThreadPoolExecutor.DiscardPolicy()); // after close, a timer is one that never fires
        timers.setRemoveOnCancelPolicy(true);
        timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        Future<?> pending = timers.schedule(() -> runLogged(action), nanos(delay), TimeUnit.NANOSECONDS);
        return () -> pending.cancel(false);
    }

    private static void runLogged(Runnable action) {
        try {
            action.run();
        } catch (Throwable t) {
            log.error("A timer action failed; the timers go on", t);
        }
    }

    private static long nanos(Duration delay) {
        return delay.compareTo(Duration.ofDays(3650)) > 0 ? Long.MAX_VALUE / 2 : delay.toNanos();
    }

    @Override
    public void close() {
        timers.shutdownNow();
    }
}
