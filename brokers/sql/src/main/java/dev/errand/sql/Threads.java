package dev.errand.sql;

import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Waiting that an interrupt does not cut short, but that does not swallow it either. */
final class Threads {
    private Threads() {}

    private interface Wait {
        void run() throws InterruptedException;
    }

    static void join(List<Thread> threads) {
        for (Thread thread : threads) {
            uninterruptibly(thread::join);
        }
    }

    static void await(CountDownLatch latch) {
        uninterruptibly(latch::await);
    }

    private static void uninterruptibly(Wait wait) {
        boolean interrupted = false;
        while (true) {
            try {
                wait.run();
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
