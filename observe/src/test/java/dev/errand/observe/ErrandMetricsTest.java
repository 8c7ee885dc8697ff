package dev.errand.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.ConfigurationException;
import dev.errand.DeadCause;
import dev.errand.DeadLetter;
import dev.errand.Errand;
import dev.errand.EventType;
import dev.errand.Notice;
import dev.errand.Retry;
import dev.errand.TaskId;
import dev.errand.TaskType;
import dev.errand.Worker;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which meters there are, and that they count what happens. */
class ErrandMetricsTest {
    private static final TaskType<String> WORK = TaskType.of("work", String.class)
            .queue("line")
            .retry(Retry.fixed(Duration.ofMillis(1)).jitter(0).maxAttempts(2));
    private static final Notice.Run RUN = new Notice.Run(TaskId.of("1"), "work", "line", 1, "w");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).functionCounter().count();
    }

    private double counted(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private boolean has(String name, String... tags) {
        return registry.find(name).tags(Tags.of(tags)).meter() != null;
    }

    @Test
    void eventsAreCountedByName() {
        try (Errand errand = Errand.connect("memory:", c -> c.listener(ErrandMetrics.in(registry)))) {
            errand.publishAll(EventType.of("order.placed", String.class), List.of("a", "b"));
        }
        assertThat(counted("errand.events.published", "event", "order.placed", "result", "stored"))
                .isEqualTo(2);
        assertThat(has("errand.events.published", "result", "refused")).isFalse();
        assertThat(has("errand.tasks.enqueued")).isFalse();
        assertThat(registry.get("errand.broker.batch")
                        .tags("call", "publish")
                        .summary()
                        .totalAmount())
                .isEqualTo(2);
    }

    @Test
    void everyOutcomeIsCountedByTypeAndQueue() throws Exception {
        CountDownLatch ran = new CountDownLatch(4);
        try (Errand errand = Errand.connect("memory:", c -> c.listener(ErrandMetrics.in(registry)))) {
            errand.enqueue(WORK, "good");
            errand.enqueue(WORK, "bad");
            errand.enqueue(WORK, "never");
            try (Worker worker = errand.worker()
                    .name("clerk")
                    .concurrency(3)
                    .handle(WORK, (what, task) -> {
                        ran.countDown();
                        switch (what) {
                            case "bad" -> throw new IllegalStateException("bad");
                            case "never" -> throw new DeadLetter("never");
                            default -> {}
                        }
                    })
                    .start()) {
                assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
                Eventually.that("the worker's gauges are there", () -> has("errand.worker.free", "worker", "clerk"));
                Eventually.that(
                        "all is settled",
                        () -> gauge("errand.worker.settling") == 0 && gauge("errand.worker.running") == 0);
                assertThat(gauge("errand.worker.concurrency", "worker", "clerk"))
                        .isEqualTo(3);
                assertThat(gauge("errand.worker.free", "worker", "clerk")).isEqualTo(3);
                assertThat(gauge("errand.worker.waiting", "worker", "clerk")).isZero();
                assertThat(gauge("errand.worker.stuck", "worker", "clerk")).isZero();
                assertThat(gauge("errand.worker.up", "worker", "clerk")).isOne();
                assertThat(worker.name()).isEqualTo("clerk");
            }
        }
        assertThat(counted("errand.tasks.enqueued", "type", "work", "queue", "line", "result", "stored"))
                .isEqualTo(3);
        assertThat(count("errand.tasks.started", "type", "work", "queue", "line"))
                .isEqualTo(4);
        assertThat(count("errand.tasks.ended", "type", "work", "queue", "line", "outcome", "completed"))
                .isEqualTo(1);
        assertThat(count("errand.tasks.ended", "outcome", "retry")).isEqualTo(1);
        assertThat(count("errand.tasks.ended", "outcome", "dead")).isEqualTo(2);
        assertThat(counted("errand.tasks.dead", "cause", "exhausted")).isEqualTo(1);
        assertThat(counted("errand.tasks.dead", "cause", "refused")).isEqualTo(1);
        assertThat(counted("errand.tasks.failures", "type", "work", "exception", "IllegalStateException"))
                .isEqualTo(2);
        assertThat(registry.get("errand.tasks.wait").timer().count()).isEqualTo(4);
        assertThat(registry.get("errand.tasks.run")
                        .tags("outcome", "completed")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("errand.broker.calls")
                        .tags("call", "settle")
                        .timer()
                        .count())
                .isPositive();
        assertThat(registry.get("errand.broker.batch")
                        .tags("call", "enqueue")
                        .summary()
                        .totalAmount())
                .isEqualTo(3);
        assertThat(registry.getMeters())
                .as("gauges go with the client")
                .extracting(meter -> meter.getId().getName())
                .noneMatch(name -> name.startsWith("errand.worker.") || name.startsWith("errand.queue."))
                .doesNotContain("errand.broker.up");
    }

    @Test
    void whatIsSeldomIsCountedToo() {
        ErrandMetrics metrics = ErrandMetrics.in(registry);
        metrics.on(new Notice.LeaseLost(RUN));
        metrics.on(new Notice.Recovered(3));
        metrics.on(new Notice.DeadLettersDropped(5));
        metrics.on(new Notice.Fired("nightly", Instant.EPOCH, Duration.ofSeconds(2), true));
        metrics.on(new Notice.BrokerCall(Notice.Call.SETTLE, 3, Duration.ofMillis(1), "dev.errand.StorageException"));
        metrics.on(new Notice.Ended(RUN, Notice.End.DEAD, null, null, DeadCause.EXPIRED, null));
        metrics.on(new Notice.Started(RUN, null));
        assertThat(counted("errand.leases.lost", "type", "work", "queue", "line"))
                .isEqualTo(1);
        assertThat(counted("errand.tasks.recovered")).isEqualTo(3);
        assertThat(counted("errand.dead.letters.dropped")).isEqualTo(5);
        assertThat(registry.get("errand.schedules.late")
                        .tags("schedule", "nightly", "enqueued", "true")
                        .timer()
                        .totalTime(TimeUnit.SECONDS))
                .isEqualTo(2);
        assertThat(counted("errand.broker.errors", "call", "settle", "error", "StorageException"))
                .isEqualTo(1);
        assertThat(registry.get("errand.broker.calls")
                        .tags("call", "settle")
                        .timer()
                        .count())
                .isZero();
        assertThat(counted("errand.tasks.dead", "cause", "expired")).isEqualTo(1);
        assertThat(registry.get("errand.tasks.wait").timer().count()).isZero();
        metrics.closed();
    }

    @Test
    void hostileNamesMakeABoundedNumberOfMeters() {
        ErrandMetrics metrics = ErrandMetrics.in(registry, o -> o.limit(10).tag("broker", "b"));
        for (int i = 0; i < 1_000; i++) {
            Notice.Run run = new Notice.Run(TaskId.of("1"), "type-" + i, "queue-" + i, 1, "w");
            metrics.on(new Notice.Started(run, Duration.ZERO));
            metrics.on(new Notice.Ended(
                    run, Notice.End.RETRY, Duration.ZERO, Duration.ZERO, null, new IllegalStateException()));
            metrics.on(new Notice.BrokerCall(Notice.Call.TAKE, 0, Duration.ZERO, "Error" + i));
            metrics.on(new Notice.Fired("schedule-" + i, Instant.EPOCH, Duration.ZERO, true));
        }
        assertThat(registry.get("errand.tasks.started").functionCounters()).hasSize(11);
        assertThat(registry.get("errand.tasks.run").timers()).hasSize(11);
        assertThat(registry.get("errand.tasks.failures").counters()).hasSize(11);
        assertThat(registry.get("errand.broker.errors").counters()).hasSize(11);
        assertThat(registry.get("errand.schedules.late").timers()).hasSize(11);
        assertThat(count("errand.tasks.started", "type", "other", "queue", "other", "broker", "b"))
                .isEqualTo(990);
        metrics.closed();
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> ErrandMetrics.in(registry, o -> o.limit(0)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("give 1 to 10000");
        assertThatThrownBy(() -> ErrandMetrics.in(registry, o -> o.pollEvery(Duration.ofMillis(1))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("PT0.1S");
    }

    @Test
    void metricsAreOfOneClient() {
        ErrandMetrics metrics = ErrandMetrics.in(registry);
        try (Errand first = Errand.connect("memory:", c -> c.listener(metrics))) {
            assertThatThrownBy(() -> Errand.connect("memory:", c -> c.listener(metrics)))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("another client already");
            assertThat(first.ownWorkers()).isEqualTo(List.of());
        }
    }

    @Test
    void workersOfOneNameHaveGaugesEach() {
        try (Errand errand = Errand.connect("memory:", c -> c.listener(ErrandMetrics.in(registry)));
                Worker one =
                        errand.worker().name("twin").handle(WORK, (p, t) -> {}).start();
                Worker two =
                        errand.worker().name("twin").handle(WORK, (p, t) -> {}).start()) {
            Eventually.that(
                    "both are there",
                    () -> registry.find("errand.worker.up").gauges().size() == 2);
            assertThat(has("errand.worker.up", "worker", "twin")).isTrue();
            assertThat(has("errand.worker.up", "worker", "twin-2")).isTrue();
            two.close();
            Eventually.that(
                    "one is gone",
                    () -> registry.find("errand.worker.up").gauges().size() == 1);
            assertThat(one.health().running()).isZero();
        }
    }
}
