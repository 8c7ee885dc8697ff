package dev.errand.bench.local;

import dev.errand.local.LocalTasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/** What a waiting job costs on the heap, beyond the user's lambda: these are made before. */
final class WaitingMemory {
    static final int JOBS = 1_000_000;

    private WaitingMemory() {}

    static double bytesEach() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        List<Callable<Integer>> lambdas = new ArrayList<>(JOBS);
        for (int i = 0; i < JOBS; i++) {
            int captured = i;
            lambdas.add(() -> captured);
        }
        try (LocalTasks local =
                LocalTasks.named("memory").permits(1).waitingRoom(JOBS).build()) {
            local.run("block", go::await);
            long before = usedHeap();
            for (Callable<Integer> lambda : lambdas) {
                local.submit("wait", lambda);
            }
            long after = usedHeap();
            int waiting = local.stats().waiting();
            local.stop(Duration.ZERO, Duration.ofSeconds(5));
            if (waiting != JOBS) {
                throw new IllegalStateException("only " + waiting + " jobs wait");
            }
            return (double) (after - before) / JOBS;
        }
    }

    private static long usedHeap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }
}
