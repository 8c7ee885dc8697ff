package dev.errand.bench;

import dev.errand.bench.measure.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several callers, a virtual thread each, that call one after the other until the time is up, each awaiting its own answer. */
final class Callers {
    private record Part(long tasks, long ended, Samples times) {}

    private Callers() {}

    /**
     * Lets them call.
     *
     * @param call answers for how many tasks it was
     */
    static Round call(int callers, long nanos, Callable<Integer> call) throws Exception {
        CountDownLatch ready = new CountDownLatch(callers);
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Part>> parts = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                parts.add(threads.submit(() -> {
                    ready.countDown();
                    go.await();
                    return callUntil(System.nanoTime() + nanos, call);
                }));
            }
            ready.await();
            long start = System.nanoTime();
            go.countDown();
            return together(parts, start);
        }
    }

    private static Part callUntil(long end, Callable<Integer> call) throws Exception {
        Samples times = new Samples();
        long tasks = 0;
        long now = System.nanoTime();
        while (now - end < 0) {
            long before = now;
            tasks += call.call();
            now = System.nanoTime();
            times.add(now - before);
        }
        return new Part(tasks, now, times);
    }

    private static Round together(List<Future<Part>> parts, long start) throws Exception {
        long tasks = 0;
        long ended = start;
        Samples times = new Samples();
        for (Future<Part> future : parts) {
            Part part;
            try {
                part = future.get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
            tasks += part.tasks();
            ended = Math.max(ended, part.ended());
            times.add(part.times());
        }
        return new Round(tasks, (ended - start) / 1e9, times);
    }
}
