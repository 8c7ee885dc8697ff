package dev.errand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What belongs together at the start and at the end of workers. */
@Timeout(120)
class StartAndCloseTest {
    private static final int WORKERS = 12;

    /** Each handler ends only once the others were interrupted too: closed a few at a time, they would never get that far. */
    @Test
    void allWorkersAreStoppedAtTheSameTime() throws Exception {
        CountDownLatch running = new CountDownLatch(WORKERS);
        CountDownLatch interrupted = new CountDownLatch(WORKERS);
        AtomicInteger together = new AtomicInteger();
        Errand errand = Errand.connect("memory:");
        for (int i = 0; i < WORKERS; i++) {
            TaskType<String> type = TaskType.of("type" + i, String.class).queue("queue" + i);
            errand.worker()
                    .stopAfter(Duration.ZERO, Duration.ofSeconds(40))
                    .handle(type, (payload, task) -> {
                        running.countDown();
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            interrupted.countDown();
                            if (interrupted.await(30, TimeUnit.SECONDS)) {
                                together.incrementAndGet();
                            }
                        }
                    })
                    .start();
            errand.enqueue(type, "payload");
        }
        running.await();
        errand.close();
        assertThat(together).hasValue(WORKERS);
    }

    @Test
    void aWorkerThatIsRefusedHasDeclaredNoSchedule() {
        ManualTime time = new ManualTime(Instant.parse("2026-01-01T00:00:00Z"));
        TaskType<String> good = TaskType.of("good", String.class);
        try (MemoryBroker broker = new MemoryBroker(time, new Random(1), 1_000);
                Errand errand = Errand.over(broker, c -> c.time(time))) {
            WorkerBuilder refused = errand.worker()
                    .handle(good, (payload, task) -> {})
                    .subscribe(
                            EventType.of("placed", String.class),
                            "stock",
                            (payload, task) -> {},
                            o -> o.fromBeginning())
                    .schedule(Schedule.of("nightly", good, "payload").every(Duration.ofHours(1)));
            assertThatThrownBy(refused::start).isInstanceOf(CapabilityException.class);
            assertThat(errand.schedules().list()).isEmpty();
        }
    }
}
