package dev.errand.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.errand.BrokerUnavailableException;
import dev.errand.DeadCause;
import dev.errand.Errand;
import dev.errand.Health;
import dev.errand.LogLines;
import dev.errand.Notice;
import dev.errand.StorageException;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.broker.Outcome;
import dev.errand.broker.Settled;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BrokerAwayTest {
    private static final TaskType<String> WORK =
            TaskType.of("work", String.class).retention(Duration.ofHours(1));

    private final Time time = Time.system();
    private final TroubledBroker broker = new TroubledBroker(new MemoryBroker(time, new Random(1), 100_000));
    private final Errand errand = Errand.over(broker, c -> c.time(time));
    private final Map<String, Integer> runs = new ConcurrentHashMap<>();

    @AfterEach
    void close() {
        broker.away = false;
        errand.close();
        broker.close();
        time.close();
    }

    private TaskState state(TaskId id) {
        return errand.tasks().find(id).map(TaskInfo::state).orElseThrow();
    }

    @Test
    void goesOnByItselfAndRunsNothingTwice() {
        List<TaskId> ids = new ArrayList<>();
        CountDownLatch cut = new CountDownLatch(1);
        try (Worker worker = errand.worker()
                .concurrency(8)
                .handle(WORK, (name, task) -> {
                    runs.merge(name, 1, Integer::sum);
                    cut.await();
                })
                .start()) {
            for (int i = 0; i < 100; i++) {
                ids.add(errand.enqueue(WORK, "task " + i).id());
            }
            Eventually.that("eight run", () -> runs.size() == 8);
            broker.away = true;
            cut.countDown();
            Eventually.that("the outage shows", () -> worker.health().state() == Health.State.BROKER_AWAY);
            assertThat(worker.health().detail()).contains("the line is cut");
            Eventually.that("it has tried again", () -> broker.refusals.get() > 3);
            Assertions.assertThatThrownBy(() -> errand.enqueue(WORK, "lost call"))
                    .isInstanceOf(BrokerUnavailableException.class);
            broker.away = false;
            Eventually.that("all are done", () -> ids.stream().allMatch(id -> state(id) == TaskState.COMPLETED));
            Eventually.that("health recovers", () -> worker.health().state() == Health.State.RUNNING);
        }
        assertThat(runs)
                .hasSize(100)
                .allSatisfy((name, count) -> assertThat(count).isEqualTo(1));
    }

    @Test
    void aStopDuringAnOutageStillWritesDownWhatItCanAfterwards() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Worker worker = errand.worker().handle(WORK, (name, task) -> go.await()).start();
        TaskId id = errand.enqueue(WORK, "only").id();
        Eventually.that("it runs", () -> state(id) == TaskState.ACTIVE);
        broker.away = true;
        Thread closing = Thread.ofPlatform().start(worker::close);
        go.countDown();
        Eventually.that("the settler has failed", () -> broker.refusals.get() > 2);
        broker.away = false;
        closing.join();
        assertThat(state(id)).isEqualTo(TaskState.COMPLETED);
        assertThat(worker.health().state()).isEqualTo(Health.State.STOPPED);
    }

    @Test
    void anOutcomeThatTheBrokerRefusesMakesTheTaskDeadAndIsSeen() {
        TaskId id = errand.enqueue(WORK, "refused").id();
        broker.beforeSettle =
                outcomes -> outcomes.getFirst().verdict() instanceof Outcome.Verdict.Complete ? List.of() : outcomes;
        broker.afterSettle = answers ->
                answers.isEmpty() ? List.of(new Settled.Refused(new StorageException("too large"))) : answers;
        try (Worker worker = errand.worker().handle(WORK, (name, task) -> {}).start()) {
            Eventually.that("it is dead", () -> state(id) == TaskState.DEAD);
            Eventually.that("its slot is free", () -> worker.health().running() == 0);
        }
        TaskInfo info = errand.tasks().find(id).orElseThrow();
        assertThat(info.cause()).isEqualTo(DeadCause.REFUSED);
        assertThat(info.reason()).contains("too large");
    }

    @Test
    void anOutcomeWhoseAnswerWasLostIsNoLostLease() {
        AtomicInteger lost = new AtomicInteger();
        AtomicInteger answers = new AtomicInteger();
        broker.afterSettle = settled -> {
            if (answers.getAndIncrement() == 0) {
                throw new BrokerUnavailableException("the answer did not arrive");
            }
            return settled;
        };
        try (LogLines lines = new LogLines(Settler.class.getName(), Level.INFO)) {
            try (Worker worker = errand.worker()
                    .handle(WORK, (name, task) -> {})
                    .listener(notice -> {
                        if (notice instanceof Notice.LeaseLost) {
                            lost.incrementAndGet();
                        }
                    })
                    .start()) {
                TaskId id = errand.enqueue(WORK, "once").id();
                Eventually.that("it is done", () -> state(id) == TaskState.COMPLETED && answers.get() > 1);
                Eventually.that("its slot is free", () -> worker.health().running() == 0);
                Eventually.that("it is said", () -> !lines.of(id.value()).isEmpty());
                assertThat(lines.of(id.value()))
                        .extracting(ILoggingEvent::getLevel)
                        .containsExactly(Level.INFO);
            }
        }
        assertThat(lost).as("told by the time that the worker is closed").hasValue(0);
    }

    @Test
    void oneOutcomeThatBreaksItsBatchHoldsUpNoOther() {
        List<TaskId> good = new ArrayList<>();
        TaskId bad = TaskId.of("bad");
        errand.enqueue(WORK, "bad", o -> o.id(bad));
        for (int i = 0; i < 20; i++) {
            good.add(errand.enqueue(WORK, "good " + i).id());
        }
        broker.beforeSettle = outcomes -> {
            for (Outcome outcome : outcomes) {
                if (outcome.lease().task().equals(bad)) {
                    throw new IllegalStateException("this one cannot be written");
                }
            }
            return outcomes;
        };
        try (Worker worker = errand.worker()
                .stopAfter(Duration.ofSeconds(1), Duration.ZERO)
                .handle(WORK, (name, task) -> {})
                .start()) {
            Eventually.that("the good are done", () -> good.stream().allMatch(id -> state(id) == TaskState.COMPLETED));
            assertThat(state(bad)).isEqualTo(TaskState.ACTIVE);
            assertThat(worker.health().state()).isEqualTo(Health.State.RUNNING);
            broker.beforeSettle = outcomes -> outcomes;
            Eventually.that("the bad one is done, too", () -> state(bad) == TaskState.COMPLETED);
        }
    }
}
