package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.BrokerClosedException;
import dev.errand.Errand;
import dev.errand.Health;
import dev.errand.Retry;
import dev.errand.TaskId;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.broker.Capability;
import dev.errand.broker.QueueStats;
import dev.errand.broker.TaskStore;
import dev.errand.broker.Upkeep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A stop is no failure: nothing is lost, nothing is counted. */
abstract class StopContract extends EngineContract {
    private final Runs runs = new Runs();

    private static FutureTask<Boolean> beside(Runnable action) {
        FutureTask<Boolean> task = new FutureTask<>(action, true);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    @Test
    void aStopWaitsForHandlers() throws Exception {
        TaskType<String> type = type("drained");
        CountDownLatch gate = new CountDownLatch(1);
        AtomicInteger completed = new AtomicInteger();
        Worker worker = start(worker().handle(type, (payload, task) -> {
            runs.begin(payload, task);
            hold(gate);
            completed.incrementAndGet();
        }));
        errand.enqueueAll(type, List.of("a", "b", "c"));
        Await.until("three run", () -> runs.count() == 3);
        FutureTask<Boolean> stopping = beside(worker::close);
        Await.until("it is stopping", () -> worker.health().state() == Health.State.STOPPING);
        errand.enqueue(type, "late");
        assertThat(Await.within(Duration.ofMillis(300), () -> stopping.isDone() || runs.count() > 3))
                .isFalse();
        gate.countDown();
        stopping.get();
        assertThat(completed.get()).isEqualTo(3);
        assertThat(worker.health().state()).isEqualTo(Health.State.STOPPED);
        assertThat(errand.queues().depth("default")).as("the late one waits").isEqualTo(1);
    }

    @Test
    void aHandlerThatOutlastsTheDrainIsInterruptedAndItsTaskRunsElsewhereUncounted() {
        TaskType<String> type = type("interrupted").retry(Retry.none());
        AtomicBoolean interrupted = new AtomicBoolean();
        CountDownLatch done = new CountDownLatch(1);
        Worker first = start(errand.worker()
                .stopAfter(Duration.ofMillis(100), Duration.ofSeconds(10))
                .handle(type, (payload, task) -> {
                    runs.begin(payload, task);
                    try {
                        hold(new CountDownLatch(1));
                    } catch (InterruptedException e) {
                        interrupted.set(true);
                        throw e;
                    }
                }));
        TaskId id = errand.enqueue(type, "x").id();
        Await.until("it runs", () -> runs.count() == 1);
        first.close();
        assertThat(interrupted.get()).isTrue();
        start(worker().handle(type, (payload, task) -> {
            runs.begin(payload, task);
            done.countDown();
        }));
        await(done);
        assertThat(runs.of(id)).extracting(Runs.Run::attempt).containsExactly(1, 1);
        assertThat(runs.of(id)).extracting(Runs.Run::crashes).containsExactly(0, 0);
        assertThat(errand.deadLetters().show(id)).isEmpty();
    }

    @Test
    void aHandlerThatIgnoresItsInterruptDoesNotKeepTheTask() {
        TaskType<String> type = type("stubborn").retry(Retry.none());
        AtomicBoolean let = new AtomicBoolean();
        stage.closing(() -> let.set(true));
        Worker first = start(errand.worker()
                .stopAfter(Duration.ofMillis(50), Duration.ofMillis(50))
                .handle(type, (payload, task) -> {
                    runs.begin(payload, task);
                    while (!let.get()) {
                        Await.within(Duration.ofMillis(5), let::get);
                    }
                }));
        TaskId id = errand.enqueue(type, "x").id();
        Await.until("it runs", () -> runs.count() == 1);
        first.close();
        start(worker().handle(type, runs::begin));
        Await.until("it runs elsewhere", () -> runs.count() == 2);
        assertThat(runs.of(id)).extracting(Runs.Run::attempt).containsExactly(1, 1);
        let.set(true);
        assertThat(Await.within(
                        Duration.ofMillis(200),
                        () -> errand.deadLetters().show(id).isPresent()))
                .as("what the abandoned handler does in the end changes nothing")
                .isFalse();
    }

    @Test
    void aHandlersOwnFailureDuringTheDrainIsCounted() {
        TaskType<String> type = type("fails").retry(Retry.none());
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        Worker worker = start(worker().handle(type, (payload, task) -> {
            began.countDown();
            hold(gate);
            throw new java.io.IOException("its own");
        }));
        TaskId id = errand.enqueue(type, "x").id();
        await(began);
        FutureTask<Boolean> stopping = beside(worker::close);
        Await.until("it is stopping", () -> worker.health().state() == Health.State.STOPPING);
        gate.countDown();
        Await.until("it has stopped", stopping::isDone);
        assertThat(deadLetter(id).attempts()).isEqualTo(1);
    }

    @Test
    void stoppingIsIdempotentAndSafeFromManyThreads() throws Exception {
        TaskType<String> type = type("idle");
        Worker worker = start(worker().handle(type, runs::begin));
        List<FutureTask<Boolean>> stops = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            stops.add(beside(worker::close));
        }
        for (FutureTask<Boolean> stop : stops) {
            assertThat(stop.get()).isTrue();
        }
        worker.close();
        worker.stop(Duration.ZERO, Duration.ZERO);
        assertThat(worker.health().state()).isEqualTo(Health.State.STOPPED);
        errand.enqueue(type, "x");
        assertThat(Await.within(Duration.ofMillis(200), () -> runs.count() > 0)).isFalse();
    }

    @Test
    void anIdleWorkerStopsPromptly() {
        Worker worker = start(worker().handle(type("idle"), runs::begin));
        Await.pass(Duration.ofMillis(100));
        long before = System.nanoTime();
        worker.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void closingInTheMiddleOfLoadLosesNothing() {
        int count = 3_000;
        TaskType<String> type = type("load");
        List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add("t" + i);
        }
        errand.enqueueAll(type, all);
        HashSet<String> completed = new HashSet<>();
        AtomicInteger twice = new AtomicInteger();
        for (int round = 0; round < 100 && completed.size() < count; round++) {
            Worker worker = start(worker().concurrency(16).handle(type, (payload, task) -> {
                runs.begin(payload, task);
                if (ThreadLocalRandom.current().nextInt(20) == 0) {
                    Await.pass(Duration.ofMillis(2));
                }
                synchronized (completed) {
                    if (!completed.add(payload)) {
                        twice.incrementAndGet();
                    }
                }
            }));
            Await.within(Duration.ofMillis(round < 20 ? 30 : 1_000), () -> {
                synchronized (completed) {
                    return completed.size() == count;
                }
            });
            worker.close();
        }
        assertThat(completed).hasSize(count);
        assertThat(twice.get()).as("a clean stop runs nothing twice").isZero();
        assertThat(runs.all()).extracting(Runs.Run::crashes).containsOnly(0);
        assertThat(runs.all()).extracting(Runs.Run::attempt).containsOnly(1);
        assertThat(errand.queues().depth("default")).isZero();
    }

    @Test
    void closingTheClientStopsItsWorkersFirst() {
        TaskType<String> type = type("closed");
        CountDownLatch began = new CountDownLatch(1);
        AtomicBoolean completed = new AtomicBoolean();
        Errand client = stage.connect(broker, time, c -> {});
        Worker worker = client.worker()
                .handle(type, (payload, task) -> {
                    began.countDown();
                    Await.pass(Duration.ofMillis(300));
                    completed.set(true);
                })
                .start();
        client.enqueue(type, "x");
        await(began);
        client.close();
        client.close();
        assertThat(completed.get()).isTrue();
        assertThat(worker.health().state()).isEqualTo(Health.State.STOPPED);
        assertThatThrownBy(() -> client.enqueue(type, "y")).isInstanceOf(BrokerClosedException.class);
        assertThatThrownBy(() -> client.enqueueAll(type, List.of("y"))).isInstanceOf(BrokerClosedException.class);
    }

    @Test
    void aClosedBrokerRefusesEverything() {
        QueueStats stats = broker.extension(QueueStats.class).orElseThrow();
        Optional<TaskStore> tasks = broker.extension(TaskStore.class);
        Optional<Upkeep> upkeep = broker.extension(Upkeep.class);
        errand.enqueue(type("x"), "x");
        broker.close();
        broker.close();
        assertThatThrownBy(() -> errand.enqueue(type("x"), "x")).isInstanceOf(BrokerClosedException.class);
        assertThatThrownBy(() -> stats.depth("default")).isInstanceOf(BrokerClosedException.class);
        assertThatThrownBy(() -> worker().handle(type("x"), runs::begin).start())
                .isInstanceOf(BrokerClosedException.class);
        tasks.ifPresent(store ->
                assertThatThrownBy(() -> store.find(TaskId.of("x"))).isInstanceOf(BrokerClosedException.class));
        upkeep.ifPresent(
                chores -> assertThatThrownBy(() -> chores.promote(1)).isInstanceOf(BrokerClosedException.class));
    }

    @Test
    @Needs({Capability.FIND, Capability.RESULTS})
    void closingTheBrokerEndsWaits() throws Exception {
        TaskId id = errand.enqueue(type("x"), "x").id();
        TaskStore store = broker.extension(TaskStore.class).orElseThrow();
        FutureTask<String> waiter = new FutureTask<>(() -> {
            try {
                return "ended " + store.awaitEnd(id, Duration.ofSeconds(60));
            } catch (BrokerClosedException e) {
                return "closed";
            }
        });
        Thread thread = Thread.ofPlatform().daemon().start(waiter);
        Await.until("it waits", () -> thread.getState() != Thread.State.RUNNABLE);
        broker.close();
        Await.until("the wait has ended", waiter::isDone);
        assertThat(waiter.get()).startsWith("closed");
    }

    @Test
    void everythingAtOnceWhileItShutsDown() throws Exception {
        TaskType<String> type = type("chaos").retry(Retry.fixed(Duration.ofMillis(5)));
        Errand client = stage.connect(broker, time, c -> {});
        for (int i = 0; i < 3; i++) {
            client.worker()
                    .stopAfter(Duration.ofMillis(200), Duration.ofMillis(200))
                    .concurrency(8)
                    .handle(type, (payload, task) -> {
                        runs.begin(payload, task);
                        switch (ThreadLocalRandom.current().nextInt(4)) {
                            case 0 -> throw new java.io.IOException("at random");
                            case 1 -> task.enqueue(type, "child", o -> o.delay(Duration.ofMillis(10)));
                            case 2 -> hold(new CountDownLatch(1));
                            default -> {}
                        }
                    })
                    .start();
        }
        AtomicInteger stored = new AtomicInteger();
        List<FutureTask<Boolean>> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            callers.add(beside(() -> {
                try {
                    while (true) {
                        client.enqueueAll(type, Collections.nCopies(5, "x"));
                        stored.addAndGet(5);
                    }
                } catch (BrokerClosedException e) {
                    // what this test is about
                }
            }));
        }
        Await.until("it is busy", () -> stored.get() > 100 && runs.count() > 20);
        long before = System.nanoTime();
        client.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
        for (FutureTask<Boolean> caller : callers) {
            caller.get();
        }
        int atClose = runs.count();
        assertThat(Await.within(Duration.ofMillis(200), () -> runs.count() > atClose))
                .as("nothing runs after the close")
                .isFalse();
    }
}
