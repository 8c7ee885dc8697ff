package dev.errand.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.BrokerUnavailableException;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerUrl;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.ScheduleStore.Result;
import dev.errand.broker.ScheduleStore.Run;
import dev.errand.broker.ScheduleStore.Stored;
import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.TaskStore;
import dev.errand.broker.Upkeep;
import dev.errand.broker.WorkerSpec;
import dev.errand.contract.Await;
import dev.errand.contract.server.RedisProcess;
import dev.errand.time.ManualTime;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What takes several steps, and a process that has taken only some of them; answers that are lost. */
@EnabledIf(value = "dev.errand.contract.server.RedisProcess#isPresent", disabledReason = RedisProcess.MISSING)
class RedisHalfDoneIT {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final RedisProcess server = closing(RedisProcess.server());

    private <T extends AutoCloseable> T closing(T resource) {
        opened.push(resource);
        return resource;
    }

    @AfterEach
    void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private RedisBroker open(Time time, String options) {
        String url = "redis://127.0.0.1:" + server.port() + "/0" + options;
        Broker broker = closing(
                RedisBroker.open(RedisOptions.of(BrokerUrl.parse(url)), new BrokerContext(time, new Random(1), 3)));
        return (RedisBroker) broker;
    }

    private static Envelope task(String id, String queue, Instant now) {
        Policy policy = new Policy(3, Duration.ofMinutes(1), Duration.ZERO, Set.of());
        return Envelope.of(TaskId.of(id), "type", new Payload(Keys.bytes(id), "text/plain", 1), queue, now, policy);
    }

    private Intake intake(Broker broker, Instant now, String... queues) {
        WorkerSpec spec = new WorkerSpec(
                "worker",
                "worker@here",
                "here",
                1,
                now,
                java.util.Arrays.stream(queues).collect(java.util.stream.Collectors.toMap(queue -> queue, queue -> 1)),
                false,
                10,
                Set.of("type"),
                Duration.ofMinutes(1),
                Duration.ofSeconds(30));
        return closing(broker.open(spec, new Deaf()));
    }

    /** Hears nothing. */
    private static final class Deaf implements Signals {
        @Override
        public void lost(Lease lease) {}

        @Override
        public void cancel(TaskId task) {}

        @Override
        public void dueChanged() {}
    }

    private static List<Delivery> take(Intake intake, Duration wait, String... queues) {
        return intake.take(new TakeRequest(
                java.util.Arrays.stream(queues)
                        .map(queue -> new TakeRequest.Demand(queue, 10))
                        .toList(),
                10,
                Map.of(),
                wait));
    }

    private static void done(Intake intake, Delivery delivery) {
        assertThat(intake.settle(List.of(new Outcome(
                        delivery.lease(), delivery.envelope(), new Outcome.Verdict.Complete(null, Duration.ZERO)))))
                .hasSize(1);
    }

    /** A server that is stopped carries a command out after the client has given it up. */
    @Test
    void aTakeWhoseAnswerIsLostIsGivenBackAndNotCounted() {
        Time time = closing(Time.system());
        RedisBroker broker = open(time, "?timeout=500ms");
        Intake worker = intake(broker, time.now(), "q");
        broker.enqueue(List.of(task("warm", "q", time.now())));
        done(worker, take(worker, Duration.ofSeconds(10), "q").getFirst());
        broker.enqueue(List.of(task("a", "q", time.now()), task("b", "q", time.now())));
        server.pause();
        assertThatThrownBy(() -> take(worker, Duration.ZERO, "q")).isInstanceOf(BrokerUnavailableException.class);
        server.resume();
        List<Delivery> taken = new ArrayList<>();
        Await.until("both come back long before their lease ends", () -> {
            try {
                taken.addAll(take(worker, Duration.ofMillis(50), "q"));
            } catch (BrokerUnavailableException e) {
                return false; // it is still waking up
            }
            return taken.size() == 2;
        });
        assertThat(taken).extracting(d -> d.envelope().id().value()).containsExactly("a", "b");
        assertThat(taken).allMatch(d -> d.envelope().history().equals(History.NONE));
        assertThat(taken)
                .as("they had been taken before")
                .allMatch(d -> d.lease().token().number() == 2);
    }

    @Test
    void aMoveThatWasLeftHalfDoneIsFinishedOnce() {
        ManualTime time = closing(new ManualTime(NOW));
        RedisBroker broker = open(time, "");
        Upkeep upkeep = broker.extension(Upkeep.class).orElseThrow();
        TaskStore tasks = broker.extension(TaskStore.class).orElseThrow();
        Envelope before = task("a", "from", NOW);
        Envelope after = before.withQueue("to");
        broker.enqueue(List.of(before, task("other", "to", NOW)));
        leave(broker, before, after);
        upkeep.recover(100);
        long arrived = broker.link().call(c -> c.exists(new byte[][] {Keys.task("to", "a")}));
        assertThat(arrived).as("whoever moves it is given two seconds").isZero();
        assertThat(tasks.find(before.id()).orElseThrow().envelope())
                .as("it is seen on its way")
                .isEqualTo(after);
        byte[] resting = Keys.moved("from", Keys.bytes("a"));
        byte[] copy = Keys.bytes("asynq:{from}:copy");
        broker.link().call(c -> c.copy(resting, copy));
        time.advance(Duration.ofSeconds(3));
        upkeep.recover(100);
        assertThat(tasks.find(before.id()).orElseThrow().envelope()).isEqualTo(after);
        Intake worker = intake(broker, NOW, "to", "from");
        List<Delivery> taken = take(worker, Duration.ZERO, "to", "from");
        assertThat(taken).extracting(d -> d.envelope().id().value()).containsExactly("other", "a");
        taken.forEach(d -> done(worker, d));
        // Somebody else had begun to finish it, too.
        broker.link().call(c -> c.copy(copy, resting));
        broker.link().call(c -> c.zadd(Keys.moving("from"), 0, Keys.bytes("a")));
        upkeep.recover(100);
        assertThat(tasks.find(before.id())).as("it arrives once").isEmpty();
        long left = broker.link().call(c -> c.exists(new byte[][] {resting}));
        assertThat(left).isZero();
    }

    @Test
    void whoeverChangesATaskOnItsWayHasItArrive() {
        ManualTime time = closing(new ManualTime(NOW));
        RedisBroker broker = open(time, "");
        TaskStore tasks = broker.extension(TaskStore.class).orElseThrow();
        Envelope before = task("a", "from", NOW);
        broker.enqueue(List.of(before, task("other", "to", NOW)));
        leave(broker, before, before.withQueue("to"));
        assertThat(tasks.cancel(before.id(), "not wanted", Duration.ofHours(1)))
                .isEqualTo(TaskStore.CancelAnswer.CANCELLED);
        TaskInfo cancelled = tasks.find(before.id()).orElseThrow();
        assertThat(cancelled.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(cancelled.queue()).isEqualTo("to");
        Intake worker = intake(broker, NOW, "to", "from");
        assertThat(take(worker, Duration.ZERO, "to", "from"))
                .extracting(d -> d.envelope().id().value())
                .containsExactly("other");
    }

    private static void leave(RedisBroker broker, Envelope before, Envelope after) {
        Messages.Stored seen = Messages.encode(before);
        Messages.Stored next = Messages.encode(after);
        Arguments arguments = Arguments.at(NOW.toEpochMilli())
                .add(before.id().value())
                .add(seen.message())
                .add(seen.extras())
                .add(next.message())
                .add(next.extras())
                .add("")
                .add("")
                .add("")
                .add(after.queue())
                .add("m:1");
        assertThat(broker.link().count(Script.MOVE, before.queue(), arguments)).isEqualTo(1);
    }

    @Test
    void aFiringThatWasLeftHalfDoneStoresItsTasksOnce() {
        ManualTime time = closing(new ManualTime(NOW));
        RedisBroker broker = open(time, "");
        ScheduleStore schedules = broker.extension(ScheduleStore.class).orElseThrow();
        Stored schedule = new Stored(
                "s", "definition", Payload.EMPTY, NOW, NOW.plusSeconds(60), List.of(), false, null, null, null, 0);
        assertThat(schedules.put(schedule, 0)).isTrue();
        long version = schedules.find("s").orElseThrow().version();
        Run run = new Run(NOW, NOW, Result.ENQUEUED, TaskId.of("t"));
        byte[] firing = new ScheduleBytes.Firing(List.of(task("t", "q", NOW)), List.of(run)).encode();
        begin(broker, schedule, version, firing);
        Intake worker = intake(broker, NOW, "q");
        assertThat(take(worker, Duration.ZERO, "q")).isEmpty();
        assertThat(schedules.due(NOW, 10)).as("nothing else is due").isEmpty();
        Delivery taken = take(worker, Duration.ZERO, "q").getFirst();
        assertThat(taken.envelope()).isEqualTo(task("t", "q", NOW));
        done(worker, taken);
        assertThat(schedules.runs("s", 10)).containsExactly(run);
        // Somebody else had begun to finish it, too.
        byte[] key = Keys.bytes(Keys.SCHEDULES + "s:s");
        broker.link().call(c -> c.hset(key, Keys.bytes("firing"), firing));
        assertThat(schedules.runs("s", 10)).hasSize(2);
        assertThat(take(worker, Duration.ZERO, "q")).as("it is stored once").isEmpty();
        assertThat(schedules.put(schedule, schedules.find("s").orElseThrow().version()))
                .isTrue();
    }

    /** As a process that dies at once has done it. */
    private static void begin(RedisBroker broker, Stored schedule, long version, byte[] firing) {
        Arguments arguments = Arguments.at(NOW.toEpochMilli())
                .add("s")
                .add(version)
                .add(ScheduleBytes.encode(schedule))
                .add(NOW.plusSeconds(60).toEpochMilli())
                .add("")
                .add(firing);
        Link.Run run = new Link.Run(Script.PUTSCHEDULE, Keys.bytes(Keys.SCHEDULES), arguments);
        assertThat(broker.link().runAll(List.of(run)).getFirst().getFirst()).isNotEqualTo(-1L);
    }
}
