package dev.errand.worker;

import java.util.concurrent.atomic.AtomicInteger;

/** Makes the next so many threads fail to come to life that are started by this thread or by those that it started. */
final class NoThreads implements AutoCloseable {
    private static final InheritableThreadLocal<AtomicInteger> REFUSALS = new InheritableThreadLocal<>() {
        @Override
        protected AtomicInteger childValue(AtomicInteger left) {
            if (left.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                throw new OutOfMemoryError("no thread, as this test wants it");
            }
            return left;
        }
    };

    private final AtomicInteger refusals = new AtomicInteger();

    NoThreads() {
        REFUSALS.set(refusals);
    }

    void refuse(int threads) {
        refusals.set(threads);
    }

    int left() {
        return refusals.get();
    }

    @Override
    public void close() {
        refusals.set(0);
        REFUSALS.remove();
    }
}
