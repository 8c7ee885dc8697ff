package dev.errand.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.TaskId;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerUrl;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.Renewal;
import dev.errand.broker.Settled;
import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.WorkerSpec;
import dev.errand.contract.Await;
import dev.errand.contract.server.RedisProcess;
import dev.errand.time.ManualTime;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Thousands of running tasks in asynq's list, among which are those of other workers: it always holds what runs, in its order. */
@EnabledIf(value = "dev.errand.contract.server.RedisProcess#isPresent", disabledReason = RedisProcess.MISSING)
class RedisRunningIT {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final String QUEUE = "q";
    private static final String ACTIVE = "asynq:{q}:active";
    private static final int TASKS = 6_000;
    private static final int FOREIGN_EVERY = 7;

    private final Random random = new Random(42);
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private StatefulRedisConnection<String, String> redis;
    private RedisBroker broker;
    private Intake worker;

    @BeforeEach
    void open() {
        RedisProcess server = closing(RedisProcess.server());
        RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", server.port()));
        opened.push(client::shutdown);
        redis = closing(client.connect());
        ManualTime time = new ManualTime(NOW);
        broker = (RedisBroker) closing(RedisBroker.open(
                RedisOptions.of(BrokerUrl.parse("redis://127.0.0.1:" + server.port())),
                new BrokerContext(time, new Random(1), 3)));
        WorkerSpec spec = new WorkerSpec(
                "worker",
                "worker@here",
                "here",
                1,
                NOW,
                Map.of(QUEUE, 1),
                false,
                TASKS,
                Set.of("type"),
                Duration.ofMinutes(1),
                Duration.ofSeconds(30));
        worker = closing(broker.open(spec, new Deaf()));
    }

    @AfterEach
    void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private <T extends AutoCloseable> T closing(T resource) {
        opened.push(resource);
        return resource;
    }

    private static final class Deaf implements Signals {
        @Override
        public void lost(Lease lease) {}

        @Override
        public void cancel(TaskId task) {}

        @Override
        public void dueChanged() {}
    }

    private List<String> active() {
        return redis.sync().lrange(ACTIVE, 0, -1);
    }

    /** Ours, taken in parts, between tasks that other workers have taken. */
    private List<Delivery> running(int tasks) {
        Policy policy = new Policy(3, Duration.ofMinutes(1), Duration.ZERO, Set.of());
        Payload payload = new Payload(new byte[] {1}, "text/plain", 1);
        List<Envelope> all = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            all.add(Envelope.of(TaskId.of("task-" + i), "type", payload, QUEUE, NOW, policy));
        }
        broker.enqueue(all);
        List<Delivery> running = new ArrayList<>();
        while (running.size() < tasks) {
            int some = 1 + random.nextInt(300);
            running.addAll(worker.take(
                    new TakeRequest(List.of(new TakeRequest.Demand(QUEUE, some)), some, Map.of(), Duration.ZERO)));
            for (int i = 0; i < some / FOREIGN_EVERY; i++) {
                redis.sync().lpush(ACTIVE, "foreign-" + running.size() + "-" + i);
            }
        }
        return running;
    }

    private void settle(List<Delivery> batch, Verdict verdict) {
        assertThat(worker.settle(batch.stream()
                        .map(each -> new Outcome(each.lease(), each.envelope(), verdict))
                        .toList()))
                .allMatch(Settled.Done.class::isInstance);
    }

    private static String id(Delivery delivery) {
        return delivery.lease().task().value();
    }

    @Test
    void whateverEndsTogetherTheOthersStayInTheirOrder() {
        List<Delivery> running = running(TASKS);
        List<Verdict> verdicts = List.of(
                new Verdict.Complete(null, Duration.ZERO),
                new Verdict.Complete(null, Duration.ofHours(1)),
                new Verdict.Retry(Duration.ofMinutes(1)));
        List<String> expected = active();
        assertThat(expected).hasSizeGreaterThan(TASKS);
        for (int round = 0; !running.isEmpty(); round++) {
            List<Delivery> batch = batch(running, round);
            settle(batch, verdicts.get(round % verdicts.size()));
            Set<String> gone = new HashSet<>();
            batch.forEach(each -> gone.add(id(each)));
            expected.removeIf(gone::contains);
            assertThat(active()).as("round " + round).isEqualTo(expected);
            assertThat(redis.sync().zcard("asynq:{q}:lease")).isEqualTo(running.size());
        }
        assertThat(expected).isNotEmpty().allMatch(id -> id.startsWith("foreign-"));
    }

    /** The oldest, the newest, some in the middle, some from everywhere; few and many. */
    private List<Delivery> batch(List<Delivery> running, int round) {
        int size = Math.min(running.size(), 1 + random.nextInt(round % 3 == 0 ? 12 : 400));
        int from = switch (round % 4) {
            case 0 -> 0;
            case 1 -> running.size() - size;
            default -> random.nextInt(running.size() - size + 1);
        };
        List<Delivery> part = running.subList(from, from + size);
        if (round % 4 == 3) {
            Collections.shuffle(running, random);
            part = running.subList(0, size);
        }
        List<Delivery> batch = new ArrayList<>(part);
        part.clear();
        return batch;
    }

    @Test
    void allLeasesAreRenewedAndTheOldestAreShown() {
        List<Delivery> running = running(2_500);
        List<Lease> leases = running.stream().map(Delivery::lease).toList();
        settle(running.subList(10, 20), new Verdict.Complete(null, Duration.ZERO));
        List<Renewal> renewals = worker.renew(leases);
        for (int i = 0; i < leases.size(); i++) {
            assertThat(renewals.get(i)).isEqualTo(i >= 10 && i < 20 ? Renewal.LOST : Renewal.KEPT);
        }
        Set<String> oldest = Stream.concat(leases.subList(0, 10).stream(), leases.subList(20, 1_010).stream())
                .map(lease -> lease.task().value())
                .collect(Collectors.toSet());
        String record = Keys.text(Keys.workerList("here", 1, "worker"));
        assertThat(oldest).hasSize(1_000);
        Await.until(
                "asynq's record shows the oldest",
                () -> Set.copyOf(redis.sync().hkeys(record)).equals(oldest));
    }
}
