package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.TaskType;
import dev.errand.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Whose turn it is, and how many may run at once. */
abstract class QueueContract extends EngineContract {
    private final Runs runs = new Runs();

    private static List<String> some(String prefix, int count) {
        List<String> payloads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            payloads.add(prefix + i);
        }
        return payloads;
    }

    private void run(String payload, dev.errand.TaskContext task) {
        runs.begin(payload, task);
        runs.end(task);
    }

    private void work(String payload, dev.errand.TaskContext task, Duration time) {
        runs.begin(payload, task);
        try {
            Await.pass(time);
        } finally {
            runs.end(task);
        }
    }

    @Test
    @Given(Facility.ORDER)
    void aSingleSlotRunsAQueueInItsOrder() {
        TaskType<String> type = type("ordered");
        errand.enqueueAll(type, some("", 100));
        start(worker().concurrency(1).handle(type, this::run));
        Await.until("all have run", () -> runs.count() == 100);
        assertThat(runs.payloads()).isEqualTo(some("", 100));
    }

    @Test
    void strictOrderServesALowerQueueOnlyWhenTheHigherOnesAreEmpty() {
        TaskType<String> type = type("strict");
        errand.enqueueAll(type, some("low", 40), o -> o.queue("low"));
        errand.enqueueAll(type, some("middle", 40), o -> o.queue("middle"));
        errand.enqueueAll(type, some("high", 40), o -> o.queue("high"));
        for (String queue : List.of("low", "middle", "high")) {
            Await.until(queue + " is full", () -> errand.queues().depth(queue) == 40);
        }
        start(worker().queue("low", q -> q.weight(1))
                .queue("high", q -> q.weight(3))
                .queue("middle", q -> q.weight(2))
                .strict()
                .concurrency(1)
                .handle(type, this::run));
        Await.until("all have run", () -> runs.count() == 120);
        List<String> queues = runs.all().stream().map(Runs.Run::queue).toList();
        List<String> expected = new ArrayList<>(Collections.nCopies(40, "high"));
        expected.addAll(Collections.nCopies(40, "middle"));
        expected.addAll(Collections.nCopies(40, "low"));
        assertThat(queues).isEqualTo(expected);
    }

    @Test
    void weightsShareTheAttention() {
        TaskType<String> type = type("weighted");
        errand.enqueueAll(type, some("a", 600), o -> o.queue("a"));
        errand.enqueueAll(type, some("b", 600), o -> o.queue("b"));
        // The handler takes long enough that no look-ahead blurs the shares.
        start(worker().queue("a", q -> q.weight(3))
                .queue("b", q -> q.weight(1))
                .concurrency(1)
                .handle(type, (payload, task) -> work(payload, task, Duration.ofMillis(4))));
        Await.until("400 have run", () -> runs.count() >= 400);
        long a = runs.all().stream()
                .limit(400)
                .filter(r -> r.queue().equals("a"))
                .count();
        // 300 expected; the bounds are many standard deviations away even if tasks come in groups of a dozen.
        assertThat(a).isBetween(200L, 380L);
    }

    @Test
    void noQueueStarves() {
        TaskType<String> type = type("starved");
        errand.enqueueAll(type, some("big", 300), o -> o.queue("big"));
        errand.enqueueAll(type, some("small", 5), o -> o.queue("small"));
        // The big queue never runs dry: each of its tasks leaves another one behind.
        start(worker().queue("big", q -> q.weight(10))
                .queue("small", q -> q.weight(1))
                .concurrency(2)
                .handle(type, (payload, task) -> {
                    if (task.queue().equals("big")) {
                        task.enqueue(type, payload, o -> o.queue("big"));
                    }
                    work(payload, task, Duration.ofMillis(2));
                }));
        Await.until(
                "the small queue is served",
                Duration.ofSeconds(30),
                () -> runs.all().stream().filter(r -> r.queue().equals("small")).count() == 5);
        assertThat(errand.queues().depth("big")).isPositive();
    }

    @Test
    void theConcurrencyIsReachedAndNeverExceeded() {
        TaskType<String> type = type("concurrent");
        CountDownLatch gate = new CountDownLatch(1);
        errand.enqueueAll(type, some("x", 30));
        Worker worker = start(worker().concurrency(7).handle(type, (payload, task) -> {
            runs.begin(payload, task);
            hold(gate);
            runs.end(task);
        }));
        Await.until("seven run", () -> runs.running("all") == 7);
        assertThat(worker.health().running()).isEqualTo(7);
        assertThat(Await.within(Duration.ofMillis(200), () -> runs.running("all") > 7))
                .isFalse();
        gate.countDown();
        Await.until("all have run", () -> runs.count() == 30);
        assertThat(runs.peak("all")).isEqualTo(7);
    }

    @Test
    void theLimitOfAQueueIsKeptWhileOthersFlow() {
        TaskType<String> type = type("limited.queue");
        CountDownLatch gate = new CountDownLatch(1);
        errand.enqueueAll(type, some("slow", 20), o -> o.queue("narrow"));
        start(worker().queue("narrow", q -> q.weight(10).max(2))
                .queue("wide", q -> q.weight(1))
                .concurrency(10)
                .handle(type, (payload, task) -> {
                    runs.begin(payload, task);
                    if (task.queue().equals("narrow")) {
                        hold(gate);
                    }
                    runs.end(task);
                }));
        Await.until("the narrow queue is at its limit", () -> runs.running("queue narrow") == 2);
        errand.enqueueAll(type, some("quick", 100), o -> o.queue("wide"));
        Await.until("the wide queue flows", () -> runs.count() == 102);
        gate.countDown();
        Await.until("all have run", () -> runs.count() == 120);
        assertThat(runs.peak("queue narrow")).isEqualTo(2);
        assertThat(runs.distinct()).isEqualTo(120);
    }

    @Test
    void theLimitOfATypeIsKeptWhileOthersFlow() {
        TaskType<String> narrow = type("narrow");
        TaskType<String> wide = type("wide");
        CountDownLatch gate = new CountDownLatch(1);
        errand.enqueueAll(narrow, some("slow", 20));
        start(worker().concurrency(10)
                .handle(
                        narrow,
                        (payload, task) -> {
                            runs.begin(payload, task);
                            hold(gate);
                            runs.end(task);
                        },
                        h -> h.max(3))
                .handle(wide, this::run));
        Await.until("the narrow type is at its limit", () -> runs.running("type narrow") == 3);
        errand.enqueueAll(wide, some("quick", 100));
        Await.until("the wide type flows", () -> runs.count() == 103);
        gate.countDown();
        Await.until("all have run", () -> runs.count() == 120);
        assertThat(runs.peak("type narrow")).isEqualTo(3);
        assertThat(runs.distinct()).isEqualTo(120);
    }

    @Test
    void theLimitOfATypeIsKeptWhereTheBrokerCannotPassOverIt() {
        TaskType<String> narrow = type("surplus");
        UnreliableBroker way = new UnreliableBroker(broker);
        way.blindToTypes = true;
        errand.enqueueAll(narrow, some("x", 8));
        stage.closing(stage.connect(way, time, c -> {})
                .worker()
                .concurrency(20)
                .handle(narrow, (payload, task) -> work(payload, task, Duration.ofMillis(300)), h -> h.max(2))
                .start());
        Await.until("all have run", Duration.ofSeconds(60), () -> runs.count() == 8);
        assertThat(runs.peak("type surplus")).isEqualTo(2);
        assertThat(runs.all()).extracting(Runs.Run::attempt).containsOnly(1);
        assertThat(runs.distinct()).isEqualTo(8);
    }

    @Test
    void whatIsPassedOverForALimitIsNotCounted() {
        TaskType<String> narrow = type("uncounted");
        errand.enqueueAll(narrow, some("x", 30));
        start(worker().concurrency(20)
                .handle(narrow, (payload, task) -> work(payload, task, Duration.ofMillis(5)), h -> h.max(1)));
        Await.until("all have run", Duration.ofSeconds(60), () -> runs.count() == 30);
        assertThat(runs.all()).extracting(Runs.Run::attempt).containsOnly(1);
        assertThat(runs.all()).extracting(Runs.Run::crashes).containsOnly(0);
        assertThat(runs.peak("type uncounted")).isEqualTo(1);
    }

    @Test
    void aWorkerServesOnlyItsQueues() {
        TaskType<String> type = type("anywhere");
        start(worker().queue("mine").handle(type, this::run));
        errand.enqueue(type, "other", o -> o.queue("other"));
        errand.enqueue(type, "mine", o -> o.queue("mine"));
        Await.until("mine has run", () -> runs.count() == 1);
        assertThat(Await.within(Duration.ofMillis(300), () -> runs.count() > 1)).isFalse();
        assertThat(runs.payloads()).containsExactly("mine");
        assertThat(errand.queues().depth("other")).isEqualTo(1);
    }

    @Test
    void aWorkerWithoutQueuesServesThoseOfItsTypes() {
        TaskType<String> type = type("named").queue("a-queue-of-its-own");
        start(worker().handle(type, this::run));
        errand.enqueue(type, "x");
        Await.until("it has run", () -> runs.count() == 1);
        assertThat(runs.all().getFirst().queue()).isEqualTo("a-queue-of-its-own");
    }

    @Test
    void aSlowTaskDoesNotHoldUpQuickOnes() {
        TaskType<String> slow = type("slow");
        TaskType<String> quick = type("quick");
        CountDownLatch gate = new CountDownLatch(1);
        start(worker().concurrency(2)
                .handle(slow, (payload, task) -> hold(gate))
                .handle(quick, this::run));
        errand.enqueue(slow, "x");
        errand.enqueueAll(quick, some("q", 500));
        Await.until("the quick ones have run", () -> runs.count() == 500);
        gate.countDown();
    }
}
