package dev.errand.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.errand.BrokerUnavailableException;
import dev.errand.DeadCause;
import dev.errand.Errand;
import dev.errand.Health;
import dev.errand.InvalidTaskException;
import dev.errand.LogLines;
import dev.errand.Notice;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Renewal;
import dev.errand.broker.Settled;
import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.WorkerSpec;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What listeners hear, and health says, when things go wrong. Under a clock that only the test moves. */
class TroubleNoticesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final TaskType<String> WORK =
            TaskType.of("work", String.class).retention(Duration.ofDays(1));

    private final ManualTime time = new ManualTime(START);
    private final TroubledBroker broker = new TroubledBroker(new MemoryBroker(time, new Random(1), 1_000));
    private final List<Notice> heard = new CopyOnWriteArrayList<>();
    private final Errand errand =
            Errand.over(broker, c -> c.time(time).random(new Random(2)).listener(heard::add));

    @AfterEach
    void close() {
        broker.away = false;
        errand.close();
        broker.close();
    }

    private <N extends Notice> List<N> of(Class<N> kind) {
        return heard.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private void awaitHeard(Class<? extends Notice> kind) {
        Eventually.that(kind + " is heard", () -> !of(kind).isEmpty());
    }

    private Worker start(CountDownLatch begun, CountDownLatch go) {
        return errand.worker()
                .stopAfter(Duration.ZERO, Duration.ZERO)
                .handle(WORK, (p, task) -> {
                    begun.countDown();
                    go.await();
                })
                .start();
    }

    @Test
    void aLostLeaseIsHeardAndSaidAndHasNoEnd() {
        CountDownLatch begun = new CountDownLatch(1);
        TaskId id = errand.enqueue(WORK, "x").id();
        try (LogLines lines = new LogLines("dev.errand.task", Level.WARN);
                Worker worker = start(begun, new CountDownLatch(1))) {
            Eventually.that("it runs", () -> begun.getCount() == 0);
            Notice.Run run = new Notice.Run(id, "work", "default", 1, worker.id());
            broker.afterRenew =
                    answers -> answers.stream().map(answer -> Renewal.LOST).toList();
            Eventually.moving(
                    time,
                    1,
                    Duration.ofSeconds(1),
                    "it is heard",
                    () -> !of(Notice.LeaseLost.class).isEmpty());
            assertThat(of(Notice.LeaseLost.class)).containsExactly(new Notice.LeaseLost(run));
            assertThat(lines.of("is not this worker's any more")).hasSize(1);
            Eventually.that("it is idle", () -> worker.load().running() == 0);
            assertThat(of(Notice.Ended.class)).isEmpty();
        }
    }

    @Test
    void anOutcomeThatComesTooLateIsALostLease() {
        broker.afterSettle = answers ->
                answers.stream().map(answer -> (Settled) new Settled.Stale()).toList();
        TaskId id = errand.enqueue(WORK, "x").id();
        try (Worker worker = start(new CountDownLatch(1), new CountDownLatch(0))) {
            awaitHeard(Notice.LeaseLost.class);
            Notice.Run run = new Notice.Run(id, "work", "default", 1, worker.id());
            assertThat(of(Notice.LeaseLost.class)).containsExactly(new Notice.LeaseLost(run));
            assertThat(of(Notice.Ended.class)).hasSize(1);
        }
    }

    @Test
    void anOutcomeThatTheBrokerRefusesIsHeardAsADeadLetterToo() {
        AtomicInteger calls = new AtomicInteger();
        broker.beforeSettle = outcomes -> calls.incrementAndGet() == 1 ? List.of() : outcomes;
        broker.afterSettle = answers ->
                answers.isEmpty() ? List.of(new Settled.Refused(new InvalidTaskException("too large"))) : answers;
        TaskId id = errand.enqueue(WORK, "x").id();
        try (LogLines lines = new LogLines("dev.errand.task", Level.WARN);
                Worker worker = start(new CountDownLatch(1), new CountDownLatch(0))) {
            Eventually.that(
                    "it is dead",
                    () -> errand.tasks().find(id).map(TaskInfo::state).orElseThrow() == TaskState.DEAD);
            Eventually.that("both ends are heard", () -> of(Notice.Ended.class).size() == 2);
            assertThat(of(Notice.Ended.class))
                    .extracting(Notice.Ended::end)
                    .containsExactly(Notice.End.COMPLETED, Notice.End.DEAD);
            assertThat(of(Notice.Ended.class).getLast().cause()).isEqualTo(DeadCause.REFUSED);
            assertThat(lines.of(id.value())).hasSize(1);
            assertThat(worker.load().waiting()).isZero();
        }
    }

    @Test
    void failingCallsOfTheBrokerAreHeardWithTheirErrors() {
        try (Worker worker = start(new CountDownLatch(1), new CountDownLatch(0))) {
            broker.away = true;
            Eventually.moving(
                    time,
                    0,
                    Duration.ofSeconds(1),
                    "it is heard",
                    () -> of(Notice.BrokerCall.class).stream()
                            .anyMatch(c ->
                                    BrokerUnavailableException.class.getName().equals(c.error())));
            broker.away = false;
            assertThat(worker.id()).isNotEmpty();
        }
    }

    @Test
    void whatWasTakenBackFromADeadWorkerIsHeard() {
        TaskId id = errand.enqueue(WORK, "x").id();
        Intake dead = broker.open(
                new WorkerSpec(
                        "dead",
                        "dead",
                        "here",
                        1,
                        START,
                        Map.of("default", 1),
                        false,
                        1,
                        Set.of("work"),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(30)),
                new Signals() {
                    @Override
                    public void lost(Lease lease) {}

                    @Override
                    public void cancel(TaskId task) {}

                    @Override
                    public void dueChanged() {}
                });
        assertThat(dead.take(
                        new TakeRequest(List.of(new TakeRequest.Demand("default", 1)), 1, Map.of(), Duration.ZERO)))
                .hasSize(1);
        try (Worker worker = start(new CountDownLatch(1), new CountDownLatch(0))) {
            Eventually.moving(
                    time,
                    0,
                    Duration.ofSeconds(5),
                    "it is done",
                    () -> errand.tasks().find(id).map(TaskInfo::state).orElseThrow() == TaskState.COMPLETED);
            awaitHeard(Notice.Recovered.class);
            assertThat(of(Notice.Recovered.class)).containsExactly(new Notice.Recovered(1));
            assertThat(worker.id()).isNotEmpty();
        }
    }

    @Test
    void aThreadThatDoesNotComeBackFromTheBrokerIsAStall() {
        CountDownLatch back = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(1);
        broker.beforeSettle = outcomes -> stuck(outcomes, inside, back);
        errand.enqueue(WORK, "x");
        try (Worker worker = start(new CountDownLatch(1), new CountDownLatch(0))) {
            Eventually.that("the settler is in the call", () -> inside.getCount() == 0);
            assertThat(worker.health().state()).isEqualTo(Health.State.RUNNING);
            Eventually.moving(
                    time,
                    -1,
                    Duration.ofSeconds(5),
                    "it is said",
                    () -> worker.health().state() == Health.State.STALLED);
            assertThat(time.now()).isAfter(START.plusSeconds(60));
            assertThat(worker.health().detail()).isEqualTo("not moving: settler");
            back.countDown();
            Eventually.that("it moves again", () -> worker.health().state() == Health.State.RUNNING);
        }
    }

    private static List<Outcome> stuck(List<Outcome> outcomes, CountDownLatch inside, CountDownLatch back) {
        inside.countDown();
        boolean interrupted = false;
        while (back.getCount() > 0) {
            try {
                back.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return outcomes;
    }
}
