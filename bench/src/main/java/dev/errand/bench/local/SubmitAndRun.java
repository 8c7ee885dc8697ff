package dev.errand.bench.local;

import dev.errand.local.LocalHandle;
import dev.errand.local.LocalTasks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Submitting a job that does nothing, to run under a bound of 64, and waiting for it; each submitter has a hundred on their way.
 * Bare is what one writes without a library: a virtual thread for each, and a semaphore.
 */
public class SubmitAndRun {
    private static final int AT_ONCE = 100;
    private static final int BOUND = 64;
    private static final Callable<Integer> NOTHING = () -> 1;

    /** A bare executor with a bound. */
    @State(Scope.Benchmark)
    public static class Bare {
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private final Semaphore bound = new Semaphore(BOUND);

        Future<Integer> submit(Callable<Integer> work) {
            return threads.submit(() -> {
                bound.acquire();
                try {
                    return work.call();
                } finally {
                    bound.release();
                }
            });
        }

        /** Ends its threads. */
        @TearDown
        public void close() {
            threads.close();
        }
    }

    /** Local tasks with the same bound. */
    @State(Scope.Benchmark)
    public static class Local {
        private final LocalTasks tasks =
                LocalTasks.named("bench").permits(BOUND).waitingRoom(100_000).build();

        /** Ends its jobs. */
        @TearDown
        public void close() {
            tasks.close();
        }
    }

    /** The comparison. */
    @Benchmark
    @OperationsPerInvocation(AT_ONCE)
    public int bare(Bare bare) throws Exception {
        List<Future<Integer>> futures = new ArrayList<>(AT_ONCE);
        for (int i = 0; i < AT_ONCE; i++) {
            futures.add(bare.submit(NOTHING));
        }
        int sum = 0;
        for (Future<Integer> future : futures) {
            sum += future.get();
        }
        return sum;
    }

    /** Ours. */
    @Benchmark
    @OperationsPerInvocation(AT_ONCE)
    public int errand(Local local) throws Exception {
        List<LocalHandle<Integer>> handles = new ArrayList<>(AT_ONCE);
        for (int i = 0; i < AT_ONCE; i++) {
            handles.add(local.tasks.submit("nothing", NOTHING));
        }
        int sum = 0;
        for (LocalHandle<Integer> handle : handles) {
            sum += handle.result();
        }
        return sum;
    }
}
