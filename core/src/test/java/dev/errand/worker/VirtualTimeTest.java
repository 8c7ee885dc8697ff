package dev.errand.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.DeadCause;
import dev.errand.Errand;
import dev.errand.Retry;
import dev.errand.TaskContext;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The whole engine, with all its threads, under a clock that only the test moves. */
class VirtualTimeTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final TaskType<String> WORK = TaskType.of("work", String.class)
            .retention(Duration.ofDays(366))
            .retry(Retry.fixed(Duration.ofMinutes(10)).jitter(0).maxAttempts(3));

    private final ManualTime time = new ManualTime(START);
    private final TroubledBroker broker = new TroubledBroker(new MemoryBroker(time, new Random(1), 100_000));
    private final Errand errand = Errand.over(broker, c -> c.time(time).random(new Random(2)));
    private final List<Instant> runs = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        broker.away = false;
        errand.close();
        broker.close();
    }

    private TaskInfo info(TaskId id) {
        return errand.tasks().find(id).orElseThrow();
    }

    /** In steps well within a lease: a task may be taken between a look and the step. */
    private void advanceUntil(TaskId id, TaskState state) {
        Eventually.moving(time, 0, Duration.ofSeconds(9), id + " is " + state, () -> {
            Eventually.that("it does not run", () -> info(id).state() != TaskState.ACTIVE);
            return info(id).state() == state;
        });
    }

    private void settled(TaskId id, TaskState state) {
        Eventually.that(id + " is " + state, () -> info(id).state() == state);
    }

    @Test
    void aDelayOfAYearIsNeverEarly() {
        try (Worker worker = errand.worker()
                .stopAfter(Duration.ZERO, Duration.ZERO)
                .handle(WORK, (p, task) -> runs.add(time.now()))
                .start()) {
            TaskId id = errand.enqueue(WORK, "late", o -> o.delay(Duration.ofDays(365)))
                    .id();
            time.advance(Duration.ofDays(365).minusMinutes(1));
            assertThat(runs).isEmpty();
            advanceUntil(id, TaskState.COMPLETED);
            Eventually.that("it is idle", () -> worker.health().running() == 0);
        }
        assertThat(runs).hasSize(1);
        assertThat(runs.getFirst()).isAfterOrEqualTo(START.plus(Duration.ofDays(365)));
    }

    @Test
    void retriesComeAtTheirOwnTimeAndThenTheTaskIsDead() {
        try (Worker worker = errand.worker()
                .stopAfter(Duration.ZERO, Duration.ZERO)
                .handle(WORK, (p, task) -> {
                    runs.add(time.now());
                    throw new IllegalStateException("attempt " + task.attempt() + " of " + task.maxAttempts());
                })
                .start()) {
            TaskId id = errand.enqueue(WORK, "fails").id();
            advanceUntil(id, TaskState.DEAD);
            assertThat(info(id).cause()).isEqualTo(DeadCause.EXHAUSTED);
            assertThat(info(id).envelope().history().errors())
                    .extracting("message")
                    .containsExactly("attempt 1 of 3", "attempt 2 of 3", "attempt 3 of 3");
            assertThat(worker.id()).isEqualTo(info(id).lastError().orElseThrow().worker());
        }
        assertThat(Duration.between(runs.get(0), runs.get(1))).isGreaterThanOrEqualTo(Duration.ofMinutes(10));
        assertThat(Duration.between(runs.get(1), runs.get(2))).isGreaterThanOrEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void aTimeoutInterruptsAndCountsAndHoldsTheSlotUntilTheHandlerEnds() {
        AtomicInteger stage = new AtomicInteger();
        CountDownLatch heed = new CountDownLatch(1);
        TaskType<String> slow = WORK.timeout(Duration.ofSeconds(20)).retry(Retry.none());
        try (Worker worker = errand.worker()
                .stopAfter(Duration.ZERO, Duration.ZERO)
                .concurrency(1)
                .handle(slow, (p, task) -> {
                    stage.set(1);
                    awaitCancelled(task);
                    stage.set(2);
                    while (heed.getCount() > 0) {
                        awaitIgnoringInterrupts(heed);
                    }
                    throw new InterruptedException();
                })
                .start()) {
            TaskId id = errand.enqueue(slow, "slow").id();
            Eventually.that("it runs", () -> stage.get() == 1);
            Eventually.moving(time, 1, Duration.ofSeconds(1), "it is interrupted", () -> stage.get() == 2);
            Eventually.moving(
                    time,
                    1,
                    Duration.ofSeconds(1),
                    "it is shown as stuck",
                    () -> worker.health().stuck() == 1);
            assertThat(worker.health().running()).isEqualTo(1);
            assertThat(info(id).state()).isEqualTo(TaskState.ACTIVE);
            heed.countDown();
            settled(id, TaskState.DEAD);
            assertThat(info(id).reason()).contains("interrupted after the timeout of PT20S");
            Eventually.that("nothing is stuck", () -> worker.health().stuck() == 0);
        }
    }

    @Test
    void leasesAreRenewedWhileAHandlerRunsForHours() {
        CountDownLatch done = new CountDownLatch(1);
        TaskType<String> hours = WORK.timeout(Duration.ofDays(1));
        try (Worker worker = errand.worker()
                .stopAfter(Duration.ZERO, Duration.ZERO)
                .handle(hours, (p, task) -> {
                    runs.add(time.now());
                    done.await();
                })
                .start()) {
            TaskId id = errand.enqueue(hours, "long").id();
            Eventually.that("it runs", () -> runs.size() == 1);
            Instant end = START.plus(Duration.ofHours(3));
            Eventually.moving(
                    time,
                    1,
                    Duration.ofSeconds(5),
                    "three hours have passed",
                    () -> time.now().isAfter(end));
            assertThat(broker.renewals.get()).isBetween(500, 1_100);
            done.countDown();
            settled(id, TaskState.COMPLETED);
            assertThat(info(id).envelope().history().crashes()).isZero();
            Eventually.that("it is idle", () -> worker.health().running() == 0);
        }
        assertThat(runs).hasSize(1);
    }

    @Test
    void aLeaseThatRunsOutBecauseTheBrokerIsAwayInterruptsTheHandlerAndTheTaskRunsAgain() {
        AtomicInteger interrupted = new AtomicInteger();
        try (Worker worker = errand.worker()
                .stopAfter(Duration.ZERO, Duration.ZERO)
                .handle(WORK, (p, task) -> {
                    runs.add(time.now());
                    if (runs.size() == 1) {
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            interrupted.incrementAndGet();
                            throw e;
                        }
                    }
                })
                .start()) {
            TaskId id = errand.enqueue(WORK, "partitioned").id();
            Eventually.that("it runs", () -> runs.size() == 1);
            broker.away = true;
            Eventually.moving(time, 1, Duration.ofSeconds(1), "it is interrupted", () -> interrupted.get() == 1);
            assertThat(Duration.between(runs.getFirst(), time.now())).isGreaterThan(Duration.ofSeconds(30));
            broker.away = false;
            Eventually.moving(
                    time, 0, Duration.ofSeconds(1), "it is done", () -> info(id).state() == TaskState.COMPLETED);
            assertThat(info(id).attempts()).isZero();
            Eventually.that("it is idle", () -> worker.health().running() == 0);
        }
        assertThat(runs).hasSize(2);
    }

    @Test
    void aPassedDeadlineIsNotRunAndARetryBeyondItIsNotScheduled() {
        try (Worker worker = errand.worker()
                .stopAfter(Duration.ZERO, Duration.ZERO)
                .handle(WORK, (p, task) -> {
                    runs.add(time.now());
                    throw new IllegalStateException("no");
                })
                .start()) {
            TaskId beyond = errand.enqueue(WORK, "beyond", o -> o.deadline(START.plusSeconds(60)))
                    .id();
            settled(beyond, TaskState.DEAD);
            assertThat(info(beyond).cause()).isEqualTo(DeadCause.EXPIRED);
            assertThat(runs).hasSize(1);
            Eventually.that("it is idle", () -> worker.health().running() == 0);
        }
        TaskId passed = errand.enqueue(WORK, "passed", o -> o.deadline(START.plusSeconds(60)))
                .id();
        time.advance(Duration.ofSeconds(61));
        try (Worker worker = errand.worker()
                .stopAfter(Duration.ZERO, Duration.ZERO)
                .handle(WORK, (p, task) -> runs.add(time.now()))
                .start()) {
            settled(passed, TaskState.DEAD);
            assertThat(info(passed).cause()).isEqualTo(DeadCause.EXPIRED);
            Eventually.that("it is idle", () -> worker.health().running() == 0);
        }
        assertThat(runs).hasSize(1);
    }

    private static void awaitCancelled(TaskContext task) {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            assertThat(task.cancelled()).isTrue();
        }
    }

    private static void awaitIgnoringInterrupts(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            // a handler that does not heed its interrupt
        }
    }
}
