package dev.errand.bench;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/** A steady load: each call at its time, on a virtual thread of its own, whether or not the ones before have been answered. */
final class Steady {
    private Steady() {}

    /**
     * Makes all calls and waits for them.
     *
     * @throws IOException if calls failed; their times would say nothing
     */
    static void load(int perSecond, int calls, Runnable call) throws IOException {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long start = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                long due = start + i * 1_000_000_000L / perSecond;
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                threads.execute(() -> {
                    try {
                        call.run();
                    } catch (Throwable t) {
                        failures.add(t);
                    }
                });
            }
        }
        Throwable first = failures.peek();
        if (first != null) {
            throw new IOException(failures.size() + " of " + calls + " calls failed, the first with " + first, first);
        }
    }
}
