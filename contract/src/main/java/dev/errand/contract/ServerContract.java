package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.BrokerUnavailableException;
import dev.errand.Errand;
import dev.errand.Health;
import dev.errand.TaskId;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.broker.Durability;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real server is killed, restarted, cut off and frozen. */
abstract class ServerContract extends EngineContract {
    private static final Duration LONG = Duration.ofSeconds(60);
    /** No call may hang for longer than this on a connection that carries nothing. */
    private static final Duration CALL_LIMIT = Duration.ofSeconds(45);

    private final Runs runs = new Runs();
    private BrokerServer server;

    @BeforeEach
    void findServer() {
        server = stage.server();
    }

    /** Enqueues from many threads until told to stop; what was acknowledged is in the answer. */
    private Set<TaskId> enqueueUntil(AtomicBoolean stop, TaskType<String> type, Errand client) {
        Set<TaskId> stored = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 8; i++) {
            Thread.ofVirtual().start(() -> {
                while (!stop.get()) {
                    try {
                        stored.add(client.enqueue(type, "x").id());
                    } catch (BrokerUnavailableException e) {
                        Await.pass(Duration.ofMillis(20));
                    }
                }
            });
        }
        return stored;
    }

    @Test
    @Given(Facility.RESTART)
    void whatWasAcknowledgedSurvivesTheKillOfTheServer() {
        assertThat(broker.profile().durability().covers(Durability.PROCESS_CRASH))
                .isTrue();
        TaskType<String> type = type("survives");
        AtomicBoolean stop = new AtomicBoolean();
        stage.closing(() -> stop.set(true));
        Set<TaskId> stored = enqueueUntil(stop, type, errand);
        Await.until("some are stored", () -> stored.size() > 200);
        server.kill();
        server.start();
        int before = stored.size();
        Await.until("callers go on by themselves", LONG, () -> stored.size() > before + 50);
        stop.set(true);
        start(worker().handle(type, runs::begin));
        Await.until("every acknowledged task has run", LONG, () -> ran().containsAll(stored));
    }

    private Set<TaskId> ran() {
        return new HashSet<>(runs.all().stream().map(Runs.Run::id).toList());
    }

    @Test
    @Given(Facility.RESTART)
    void aWorkerOutlivesTheKillOfTheServer() {
        TaskType<String> type = type("goes.on");
        Worker worker = start(worker().concurrency(8).handle(type, (payload, task) -> {
            runs.begin(payload, task);
            Await.pass(Duration.ofMillis(5));
        }));
        AtomicBoolean stop = new AtomicBoolean();
        stage.closing(() -> stop.set(true));
        Set<TaskId> stored = enqueueUntil(stop, type, errand);
        Await.until("it is busy", () -> runs.count() > 100);
        server.kill();
        Await.until("it says so", LONG, () -> worker.health().state() == Health.State.BROKER_AWAY);
        assertThatThrownBy(() -> errand.enqueue(type, "x")).isInstanceOf(BrokerUnavailableException.class);
        server.start();
        int before = runs.count();
        Await.until("it goes on by itself", LONG, () -> runs.count() > before + 50);
        stop.set(true);
        Await.until("every acknowledged task has run", LONG, () -> ran().containsAll(stored));
        Await.until("it is well", LONG, () -> worker.health().state() == Health.State.RUNNING);
    }

    @Test
    @Given(Facility.RESTART)
    void delayedAndDeadTasksSurviveTheKillOfTheServer() {
        TaskType<String> type = type("kept").retry(dev.errand.Retry.none());
        AtomicBoolean works = new AtomicBoolean();
        start(worker().handle(type, (payload, task) -> {
            runs.begin(payload, task);
            if (!works.get()) {
                throw new java.io.IOException("not yet");
            }
        }));
        TaskId dead = errand.enqueue(type, "dies").id();
        deadLetter(dead);
        works.set(true);
        TaskId later = errand.enqueue(type, "later", o -> o.delay(Duration.ofSeconds(8)))
                .id();
        server.kill();
        server.start();
        Await.until("the delayed one runs", LONG, () -> runs.of(later).size() == 1);
        assertThat(deadLetter(dead).id()).isEqualTo(dead);
    }

    @Test
    @Given(Facility.CUT)
    void aCutConnectionIsMadeAgain() {
        TaskType<String> type = type("cut");
        CountDownLatch gate = new CountDownLatch(1);
        Worker worker = start(worker().handle(type, (payload, task) -> {
            runs.begin(payload, task);
            if (payload.equals("held")) {
                hold(gate);
            }
        }));
        TaskId held = errand.enqueue(type, "held").id();
        Await.until("it runs", () -> runs.count() == 1);
        server.cut();
        Await.until("the worker says so", LONG, () -> worker.health().state() == Health.State.BROKER_AWAY);
        assertThatThrownBy(() -> errand.enqueue(type, "x")).isInstanceOf(BrokerUnavailableException.class);
        server.mend();
        gate.countDown();
        Await.until("the worker is well", LONG, () -> worker.health().state() == Health.State.RUNNING);
        List<TaskId> next = errand.enqueueAll(type, Collections.nCopies(50, "x")).stream()
                .map(answer -> ((dev.errand.Enqueued) answer).id())
                .toList();
        Await.until("the next ones run", LONG, () -> ran().containsAll(next));
        assertThat(errand.deadLetters().show(held)).isEmpty();
    }

    @Test
    @Given(Facility.CUT)
    void nothingHangsOnAHalfOpenConnection() throws Exception {
        TaskType<String> type = type("half.open");
        start(worker().handle(type, runs::begin));
        errand.enqueue(type, "x");
        Await.until("it runs", () -> runs.count() == 1);
        server.freeze();
        FutureTask<String> caller = new FutureTask<>(() -> {
            try {
                errand.enqueue(type, "frozen");
                return "stored";
            } catch (BrokerUnavailableException e) {
                return "refused";
            }
        });
        Thread.ofPlatform().daemon().start(caller);
        Await.until("the call ends", CALL_LIMIT, caller::isDone);
        assertThat(caller.get()).isEqualTo("refused");
        server.mend();
        errand.enqueue(type, "after");
        Await.until("the worker goes on", LONG, () -> runs.payloads().contains("after"));
    }
}
