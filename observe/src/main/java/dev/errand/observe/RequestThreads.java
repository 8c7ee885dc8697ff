package dev.errand.observe;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A virtual thread for each request, a few at once. One that takes too long, because its client neither sends nor reads, is
 * interrupted, which closes its connection; one too many is refused, which closes its connection, too.
 */
final class RequestThreads implements Executor, AutoCloseable {
    private static final int MOST = 16;
    private static final int SECONDS = 10;

    private final Semaphore places = new Semaphore(MOST);
    private final ScheduledThreadPoolExecutor watch = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("errand-status-watch").factory());

    RequestThreads() {
        watch.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void execute(Runnable request) {
        if (!places.tryAcquire()) {
            throw new RejectedExecutionException("there are " + MOST + " requests already");
        }
        try {
            Thread thread = Thread.ofVirtual().name("errand-status-request").unstarted(() -> run(request));
            thread.start();
        } catch (Throwable t) {
            places.release();
            throw t;
        }
    }

    private void run(Runnable request) {
        Thread self = Thread.currentThread();
        ScheduledFuture<?> late = null;
        try {
            late = watch.schedule(self::interrupt, SECONDS, TimeUnit.SECONDS);
            request.run();
        } finally {
            if (late != null) {
                late.cancel(false);
            }
            places.release();
        }
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
