package dev.errand.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.Errand;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What was taken ahead and waits for the worker's one slot. Under a clock that only the test moves. */
class LookAheadTest {
    private static final TaskType<String> QUICK =
            TaskType.of("quick", String.class).retention(Duration.ofDays(1));
    private static final TaskType<String> HELD =
            TaskType.of("held", String.class).queue("tight").retention(Duration.ofDays(1));

    private final ManualTime time = new ManualTime(Instant.parse("2026-01-01T00:00:00Z"));
    private final TroubledBroker broker = new TroubledBroker(new MemoryBroker(time, new Random(1), 1_000));
    private final Errand errand = Errand.over(broker, c -> c.time(time).random(new Random(2)));
    private final CountDownLatch go = new CountDownLatch(1);
    private final NoThreads threads = new NoThreads();

    @AfterEach
    void close() {
        threads.close();
        go.countDown();
        errand.close();
        broker.close();
    }

    private TaskState state(TaskId id) {
        return errand.tasks().find(id).map(TaskInfo::state).orElseThrow();
    }

    private void awaitCompleted(TaskId id) {
        Eventually.that(id + " is done", () -> state(id) == TaskState.COMPLETED);
    }

    /** Started, and with a pace that makes it take tasks ahead. */
    private Worker quickWorker() {
        Worker worker = errand.worker()
                .concurrency(1)
                .stopAfter(Duration.ZERO, Duration.ZERO)
                .queue("default")
                .queue("tight", q -> q.max(2))
                .handle(QUICK, (p, task) -> {})
                .handle(HELD, (p, task) -> go.await())
                .start();
        errand.enqueueAll(QUICK, Collections.nCopies(100, "x")).forEach(answer -> {
            if (answer instanceof dev.errand.Enqueued stored) {
                awaitCompleted(stored.id());
            }
        });
        Eventually.that("it takes", () -> worker.load().running() == 0 && !broker.asked.isEmpty());
        time.advance(Duration.ofMillis(10));
        awaitCompleted(errand.enqueue(QUICK, "one more").id());
        Eventually.that("it takes", () -> worker.load().running() == 0 && !broker.asked.isEmpty());
        return worker;
    }

    private List<TaskId> oneRunsAndOneWaits(Worker worker) {
        TaskId first = errand.enqueue(HELD, "runs").id();
        Eventually.that("it runs", () -> worker.load().running() == 1);
        TaskId second = errand.enqueue(HELD, "waits").id();
        Eventually.that("the other waits", () -> worker.load().waiting() == 1);
        Eventually.that(
                "it takes from the other queue alone",
                () -> broker.asked.contains("default") && !broker.asked.contains("tight"));
        return List.of(first, second);
    }

    @Test
    void theRoomOfOneThatIsCalledOffWhileItWaitsIsFilledAtOnce() {
        try (Worker worker = quickWorker()) {
            List<TaskId> held = oneRunsAndOneWaits(worker);
            TaskId third = errand.enqueue(HELD, "next").id();
            assertThat(state(third)).isEqualTo(TaskState.PENDING);
            errand.tasks().cancel(held.get(1), "not wanted");
            Eventually.that("the next one is taken", () -> state(third) == TaskState.ACTIVE);
            go.countDown();
            awaitCompleted(third);
            assertThat(state(held.get(1))).isEqualTo(TaskState.CANCELLED);
        }
    }

    @Test
    void oneThatWaitedAndGetsNoThreadIsGivenBackAndRunsLater() {
        try (Worker worker = quickWorker()) {
            List<TaskId> held = oneRunsAndOneWaits(worker);
            threads.refuse(1);
            go.countDown();
            awaitCompleted(held.getFirst());
            Eventually.that("it was refused", () -> threads.left() == 0);
            Eventually.moving(
                    time, 0, Duration.ofSeconds(1), "it is done", () -> state(held.getLast()) == TaskState.COMPLETED);
            assertThat(errand.tasks().find(held.getLast()).orElseThrow().attempts())
                    .isZero();
            Eventually.that("it is idle", () -> worker.load().running() == 0);
        }
    }

    @Test
    void oneThatGetsNoThreadIsGivenBackAndRunsLater() {
        try (Worker worker = quickWorker()) {
            threads.refuse(1);
            TaskId id = errand.enqueue(QUICK, "x").id();
            Eventually.that("it was refused", () -> threads.left() == 0);
            Eventually.moving(time, 0, Duration.ofSeconds(1), "it is done", () -> state(id) == TaskState.COMPLETED);
            Eventually.that("it is idle", () -> worker.load().running() == 0);
        }
    }
}
