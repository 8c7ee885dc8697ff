package dev.errand.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.Errand;
import dev.errand.TaskType;
import dev.errand.Worker;
import java.util.Collections;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A bound on heap, not on time: what a thousand handlers at work add to an idle worker. */
class RunningCostTest {
    private static final long BOUND = 40L * 1024 * 1024;
    private static final TaskType<byte[]> WAIT = TaskType.of("wait", byte[].class);

    @Test
    void aThousandRunningHandlersCostUnder40Megabytes() throws Exception {
        CountDownLatch running = new CountDownLatch(1_000);
        CountDownLatch go = new CountDownLatch(1);
        try (Errand errand = Errand.connect("memory:");
                Worker worker = errand.worker()
                        .concurrency(1_000)
                        .handle(WAIT, (payload, task) -> {
                            running.countDown();
                            go.await();
                        })
                        .start()) {
            long idle = usedHeap();
            errand.enqueueAll(WAIT, Collections.nCopies(1_000, new byte[100]));
            running.await();
            long busy = usedHeap();
            assertThat(worker.health().running()).isEqualTo(1_000);
            go.countDown();
            assertThat(busy - idle).isLessThan(BOUND);
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
