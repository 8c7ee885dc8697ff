package dev.errand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.broker.Capability;
import dev.errand.broker.EventPattern;
import dev.errand.broker.TaskStore;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What the façade adds to the port: options, notices, answers, and saying again that a subscription is served. */
class EventsTest {
    private static final EventType<String> PLACED = EventType.of("order.placed", String.class);
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private static void eventually(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("never came true: " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static Set<EventPattern> patterns(String text) {
        return Set.of(EventPattern.of(text));
    }

    @Test
    void listenersHearOfEventsAndNotOfTheirCopies() {
        List<Notice> heard = new CopyOnWriteArrayList<>();
        try (Errand errand = Errand.connect("memory:", c -> c.listener(heard::add))) {
            errand.events().subscribe("stock", patterns("**"));
            errand.publish(PLACED, "a");
            errand.publishAll(PLACED, List.of("b", "c"));
        }
        assertThat(heard)
                .filteredOn(Notice.Published.class::isInstance)
                .containsExactly(
                        new Notice.Published("order.placed", 1, 0), new Notice.Published("order.placed", 2, 0));
        assertThat(heard).noneMatch(Notice.Enqueued.class::isInstance);
        assertThat(heard)
                .filteredOn(Notice.BrokerCall.class::isInstance)
                .extracting(n -> ((Notice.BrokerCall) n).call())
                .containsOnly(Notice.Call.PUBLISH);
    }

    @Test
    void ofABulkOnlyTheInvalidEventIsRefused() {
        try (Errand errand = Errand.connect("memory:", c -> c.maxPayload(10))) {
            errand.events().subscribe("stock", patterns("**"));
            List<PublishAnswer> answers = errand.publishAll(PLACED, List.of("a", "much too large", "b"));
            assertThat(answers)
                    .extracting(answer -> answer.getClass().getSimpleName())
                    .containsExactly("Published", "Refused", "Published");
            assertThat(((Refused) answers.get(1)).why()).hasMessageContaining("14 bytes");
            assertThat(errand.queues().depth("sub:stock")).isEqualTo(2);
        }
    }

    @Test
    void anEventThatOneSubscriptionHasNoRoomForIsRefusedForAll() {
        ManualTime time = new ManualTime(START);
        try (MemoryBroker broker = new MemoryBroker(time, new Random(1), 3);
                Errand errand = Errand.over(broker, c -> c.time(time))) {
            errand.events().subscribe("a", patterns("**"));
            errand.events().subscribe("b", patterns("**"));
            assertThat(errand.publishAll(PLACED, List.of("1", "2")))
                    .extracting(answer -> answer.getClass().getSimpleName())
                    .containsExactly("Published", "Refused");
            assertThatThrownBy(() -> errand.publish(PLACED, "3"))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("order.placed");
            assertThat(errand.queues().depth("sub:a")).isOne();
            assertThat(errand.queues().depth("sub:b")).isOne();
        }
    }

    @Test
    void whatIsChosenForAnEventIsInEveryCopy() {
        ManualTime time = new ManualTime(START);
        try (MemoryBroker broker = new MemoryBroker(time, new Random(1));
                Errand errand = Errand.over(broker, c -> c.time(time))) {
            errand.events().subscribe("stock", patterns("order.*"));
            Instant deadline = START.plusSeconds(60);
            errand.publish(
                    PLACED.timeout(Duration.ofSeconds(7)).retry(Retry.standard().maxAttempts(3)),
                    "x",
                    o -> o.id(TaskId.of("e"))
                            .priority(5)
                            .deadline(deadline)
                            .partitionKey("k")
                            .header("h", "v"));
            var copy = broker.extension(TaskStore.class)
                    .orElseThrow()
                    .find(TaskId.of("e@stock"))
                    .orElseThrow()
                    .envelope();
            assertThat(copy.priority()).isEqualTo(5);
            assertThat(copy.deadline()).isEqualTo(deadline);
            assertThat(copy.partitionKey()).isEqualTo("k");
            assertThat(copy.headers()).containsEntry("h", "v").containsEntry("errand.event", "e");
            assertThat(copy.policy().timeout()).isEqualTo(Duration.ofSeconds(7));
            assertThat(copy.policy().maxAttempts()).isEqualTo(3);
            assertThatThrownBy(() -> errand.publish(PLACED, "x", o -> o.id(TaskId.of("i".repeat(151)))))
                    .isInstanceOf(InvalidTaskException.class)
                    .hasMessageContaining("150");
        }
    }

    @Test
    void aWorkerSaysEachHourThatItServesItsSubscriptions() {
        ManualTime time = new ManualTime(START);
        try (MemoryBroker broker = new MemoryBroker(time, new Random(1));
                Errand errand = Errand.over(broker, c -> c.time(time));
                Worker worker = errand.worker()
                        .subscribe(PLACED, "stock", (order, task) -> {})
                        .start()) {
            assertThat(worker.id()).isNotBlank();
            assertThat(errand.events().find("stock").orElseThrow().seen()).isEqualTo(START);
            assertThat(errand.events().find("stock").orElseThrow().workers()).isOne();
            assertThat(errand.events().remove("stock")).isTrue();
            eventually("it is there again", () -> {
                time.advance(Duration.ofMinutes(10));
                return errand.events().find("stock").isPresent();
            });
            assertThat(errand.events().find("stock").orElseThrow().seen()).isAfterOrEqualTo(START.plusSeconds(3600));
        }
    }

    @Test
    void subscribersMayEachSeeTheirOwnInAnEvent() {
        try (Errand errand = Errand.connect("memory:")) {
            EventType<byte[]> raw = EventType.of("order.placed", byte[].class);
            try (Worker worker = errand.worker()
                    .subscribe(PLACED, "text", (order, task) -> {})
                    .subscribe(raw, "bytes", (order, task) -> {})
                    .start()) {
                assertThat(worker.load().concurrency()).isEqualTo(Defaults.CONCURRENCY);
            }
            errand.publish(PLACED, "x");
            assertThatThrownBy(() -> errand.publish(raw, new byte[1]))
                    .as("but whoever publishes says one thing")
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("order.placed");
        }
    }

    @Test
    void noBrokerHereKeepsEvents() {
        try (Errand errand = Errand.connect("memory:")) {
            assertThat(errand.profile().can(Capability.EVENT_HISTORY)).isFalse();
            assertThatThrownBy(() -> errand.worker()
                            .subscribe(PLACED, "stock", (o, t) -> {}, s -> s.fromBeginning())
                            .start())
                    .isInstanceOf(CapabilityException.class)
                    .hasMessageContaining("let it begin with new ones");
        }
    }

    @Test
    void optionsOfASubscriptionAreGivenOnce() {
        try (Errand errand = Errand.connect("memory:")) {
            WorkerBuilder builder = errand.worker()
                    .subscribe(PLACED, "stock", (o, t) -> {}, s -> s.max(2))
                    .subscribe(EventType.of("b", String.class), "stock", (o, t) -> {});
            assertThatThrownBy(() ->
                            builder.subscribe(EventType.of("c", String.class), "stock", (o, t) -> {}, s -> s.max(3)))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("options twice");
            assertThatThrownBy(() -> TaskType.of("t", String.class).queue("sub:stock"))
                    .isInstanceOf(InvalidTaskException.class)
                    .hasMessageContaining("subscribe(…)");
        }
    }
}
