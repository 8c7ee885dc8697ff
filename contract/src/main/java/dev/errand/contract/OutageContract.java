package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.BrokerUnavailableException;
import dev.errand.Errand;
import dev.errand.Health;
import dev.errand.TaskId;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.broker.Capability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A broker that is away for a while, or whose answers are lost, costs time and nothing else. */
abstract class OutageContract extends EngineContract {
    private final Runs runs = new Runs();
    private UnreliableBroker way;
    private Errand shaky;

    @BeforeEach
    void takeTheBadRoad() {
        way = new UnreliableBroker(broker);
        shaky = stage.connect(way, time, c -> {});
        stage.closing(way::comeBack);
    }

    private static List<String> some(int count) {
        List<String> payloads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            payloads.add("t" + i);
        }
        return payloads;
    }

    @Test
    void anEnqueueWhileItIsAwaySaysSo() {
        way.goAway();
        assertThatThrownBy(() -> shaky.enqueue(type("x"), "x")).isInstanceOf(BrokerUnavailableException.class);
        way.comeBack();
        shaky.enqueue(type("x"), "y");
        assertThat(errand.queues().depth("default")).isEqualTo(1);
    }

    @Test
    void aWorkerSaysThatItsBrokerIsAwayAndGoesOnByItself() {
        TaskType<String> type = type("goes.on");
        Worker worker = stage.closing(shaky.worker().handle(type, runs::begin).start());
        errand.enqueue(type, "before");
        Await.until("it works", () -> runs.count() == 1);
        assertThat(worker.health().state()).isEqualTo(Health.State.RUNNING);
        way.goAway();
        Await.until("it says so", () -> worker.health().state() == Health.State.BROKER_AWAY);
        assertThat(worker.health().detail()).contains("away");
        errand.enqueue(type, "meanwhile");
        way.comeBack();
        Await.until("it goes on", () -> runs.count() == 2);
        Await.until("it is well", () -> worker.health().state() == Health.State.RUNNING);
    }

    @Test
    void whatEndsDuringAnOutageIsWrittenDownAfterwards() {
        TaskType<String> type = type("ends.meanwhile");
        CountDownLatch gate = new CountDownLatch(1);
        stage.closing(shaky.worker()
                .concurrency(20)
                .handle(type, (payload, task) -> {
                    runs.begin(payload, task);
                    hold(gate);
                    runs.end(task);
                })
                .start());
        errand.enqueueAll(type, some(20));
        Await.until("all run", () -> runs.count() == 20);
        way.goAway();
        gate.countDown();
        Await.until("all handlers have returned", () -> runs.running("all") == 0);
        assertThat(Await.within(Duration.ofMillis(300), () -> runs.count() > 20))
                .isFalse();
        way.comeBack();
        errand.enqueue(type, "after");
        Await.until("the next one runs", () -> runs.count() == 21);
        assertThat(Await.within(Duration.ofMillis(500), () -> runs.count() > 21))
                .as("nothing ran twice")
                .isFalse();
        if (stage.can(Capability.COUNTS)) {
            Await.until(
                    "nothing is left",
                    () -> errand.queues().counts("default").values().stream()
                                    .mapToLong(n -> n)
                                    .sum()
                            == 0);
        }
    }

    @Test
    void aLostAnswerToAnOutcomeDoesNoHarm() {
        TaskType<String> type = type("lost.answers");
        stage.closing(shaky.worker().handle(type, runs::begin).start());
        for (int i = 0; i < 20; i++) {
            way.answersToLose.set(1);
            errand.enqueue(type, "t" + i);
            int expected = i + 1;
            Await.until("task " + i + " runs", () -> runs.count() >= expected);
        }
        Await.until("nothing is left", () -> errand.queues().depth("default") == 0);
        assertThat(runs.distinct()).isEqualTo(20);
        assertThat(runs.count()).as("no task ran twice").isEqualTo(20);
    }

    @Test
    @Needs(Capability.FIND)
    void aLostAnswerToAnEnqueueIsRepairedByRepeatingItWithTheSameId() {
        TaskType<String> type = type("repeated");
        TaskId id = TaskId.of("my-own");
        way.answersToLose.set(1);
        assertThatThrownBy(() -> shaky.enqueue(type, "x", o -> o.id(id)))
                .isInstanceOf(BrokerUnavailableException.class);
        shaky.enqueue(type, "x", o -> o.id(id));
        stage.closing(shaky.worker().handle(type, runs::begin).start());
        Await.until("it runs", () -> runs.count() == 1);
        assertThat(Await.within(Duration.ofMillis(300), () -> runs.count() > 1)).isFalse();
    }

    @Test
    @Given(Facility.TIMED_LEASE)
    void aHandlerIsInterruptedWhenItsLeaseRunsOutDuringAnOutage() {
        TaskType<String> type = type("lapsed");
        AtomicBoolean interrupted = new AtomicBoolean();
        AtomicInteger attempt = new AtomicInteger();
        stage.closing(shaky.worker()
                .lease(Duration.ofSeconds(1))
                .handle(type, (payload, task) -> {
                    runs.begin(payload, task);
                    if (runs.count() == 1) {
                        try {
                            hold(new CountDownLatch(1));
                        } catch (InterruptedException e) {
                            interrupted.set(true);
                            throw e;
                        }
                    }
                    attempt.set(task.attempt());
                })
                .start());
        TaskId id = errand.enqueue(type, "x").id();
        Await.until("it runs", () -> runs.count() == 1);
        way.goAway();
        Await.until("it is interrupted", interrupted::get);
        way.comeBack();
        Await.until("it runs again", () -> runs.of(id).size() == 2 && attempt.get() > 0);
        assertThat(attempt.get()).as("an outage is no failed attempt").isEqualTo(1);
    }

    @Test
    void aTaskDeliveredTwiceDoesNoHarm() {
        TaskType<String> type = type("twice");
        Worker worker = stage.closing(
                shaky.worker().concurrency(4).handle(type, runs::begin).start());
        way.deliverTwice = true;
        errand.enqueueAll(type, some(50));
        Await.until("all have run", () -> runs.distinct() == 50);
        way.deliverTwice = false;
        errand.enqueueAll(type, some(50));
        Await.until("the next ones run, too", () -> runs.distinct() == 100);
        Await.until("every slot is free", () -> worker.health().running() == 0);
        assertThat(runs.all()).extracting(Runs.Run::attempt).containsOnly(1);
        Await.until("nothing is left", () -> errand.queues().depth("default") == 0);
        assertThat(errand.deadLetters()
                        .list(dev.errand.broker.TaskFilter.ALL, java.util.Optional.empty(), 10)
                        .items())
                .isEmpty();
    }

    @Test
    void anOutcomeThatTheBrokerChokesOnDoesNotHoldUpTheOthers() {
        TaskType<String> type = type("choking");
        TaskId bad = TaskId.of("bad");
        way.choking.add(bad);
        stage.closing(way.choking::clear);
        Worker worker = stage.closing(shaky.worker().handle(type, runs::begin).start());
        errand.enqueue(type, "bad", o -> o.id(bad));
        Await.until("the bad one has run", () -> runs.count() == 1);
        Await.pass(Duration.ofMillis(200));
        List<TaskId> good = errand.enqueueAll(type, some(20)).stream()
                .map(answer -> ((dev.errand.Enqueued) answer).id())
                .toList();
        Await.until("the good ones have run", () -> runs.distinct() == 21);
        if (stage.can(Capability.FIND)) {
            Await.until(
                    "the good ones are done",
                    () -> good.stream().allMatch(id -> errand.tasks().find(id).isEmpty()));
        }
        way.choking.clear();
        worker.close();
        assertThat(errand.queues().depth("default")).isZero();
    }

    @Test
    void aWorkerStopsWhileItsBrokerIsAway() {
        TaskType<String> type = type("stops");
        CountDownLatch began = new CountDownLatch(1);
        Worker worker = stage.closing(shaky.worker()
                .stopAfter(Duration.ofMillis(100), Duration.ofMillis(500))
                .handle(type, (payload, task) -> {
                    began.countDown();
                    hold(new CountDownLatch(1));
                })
                .start());
        errand.enqueue(type, "x");
        await(began);
        way.goAway();
        long before = System.nanoTime();
        worker.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
        way.comeBack();
        start(worker().handle(type, runs::begin));
        Await.until("the task was given back and runs", () -> runs.count() == 1);
    }
}
