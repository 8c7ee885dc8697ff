package dev.errand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.broker.Durability;
import dev.errand.broker.Envelope;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EnqueueLimitsTest {
    private static final Instant NOW = Instant.parse("2026-03-29T01:00:00.123Z");
    private static final TaskType<String> PLAIN = TaskType.of("plain", String.class);

    private final ManualTime time = new ManualTime(NOW);
    private final MemoryBroker broker = new MemoryBroker(time, new Random(1), 1_000);
    private final Errand errand = Errand.over(broker, c -> c.time(time).random(new Random(3)));

    @AfterEach
    void close() {
        errand.close();
        broker.close();
    }

    private void refused(Consumer<EnqueueOptions> options, String... message) {
        assertThatThrownBy(() -> errand.enqueue(PLAIN, "x", options))
                .isInstanceOf(ErrandException.class)
                .hasMessageContainingAll(message);
        assertThat(errand.queues().depth("default")).isZero();
    }

    private Envelope stored(EnqueueResult result) {
        return errand.tasks().find(result.id()).orElseThrow().envelope();
    }

    @Test
    void refusesNegativeAndAbsurdTimes() {
        refused(o -> o.delay(Duration.ofSeconds(-1)), "delay", "0 to 366 days");
        refused(o -> o.delay(Duration.ofDays(367)), "delay", "366 days");
        refused(o -> o.runAt(NOW.plus(Duration.ofDays(400))), "plain", "366 days ahead");
        refused(o -> o.deadline(NOW), "plain", "passed already");
        refused(o -> o.timeout(Duration.ZERO), "timeout");
        refused(o -> o.maxAttempts(0), "single try");
        refused(o -> o.priority(101), "-100 to 100");
    }

    @Test
    void refusesBadNamesAndTooManyHeaders() {
        refused(o -> o.queue(" "), "queue is blank");
        refused(o -> o.queue("a\nb"), "control character");
        refused(o -> o.header("h", "v".repeat(9_000)), "header h", "8192");
        refused(
                o -> {
                    for (int i = 0; i < 65; i++) {
                        o.header("h" + i, "v");
                    }
                },
                "64 headers");
        assertThatThrownBy(() -> TaskId.of("x".repeat(256))).hasMessageContaining("at most 255");
        assertThatThrownBy(() -> TaskType.of("", String.class)).hasMessageContaining("task type is blank");
    }

    @Test
    void refusesWhatTheTypeDoesNotDeclareOnEveryBroker() {
        refused(o -> o.uniqueKey("k"), "does not declare uniqueness");
        refused(o -> o.retention(Duration.ofHours(1)), "declares no retention");
    }

    @Test
    void ofABulkOnlyWhatIsInvalidIsRefused() {
        List<EnqueueAnswer> answers = errand.enqueueAll(PLAIN, List.of("a", "x".repeat(256 * 1024 + 1), "b"));
        assertThat(answers)
                .extracting(answer -> answer.getClass().getSimpleName())
                .containsExactly("Enqueued", "Refused", "Enqueued");
        assertThat(((Refused) answers.get(1)).why())
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContainingAll("plain", "262145");
        assertThat(errand.queues().depth("default")).isEqualTo(2);
    }

    @Test
    void anInvalidOptionOfABulkRefusesItsTaskUnderItsOwnId() {
        TaskId own = TaskId.of("own");
        int[] serial = {0};
        List<EnqueueAnswer> answers = errand.enqueueAll(PLAIN, List.of("a", "b"), o -> {
            if (serial[0]++ == 0) {
                o.id(own).priority(101);
            }
        });
        assertThat(((Refused) answers.get(0)).id()).isEqualTo(own);
        assertThat(answers.get(1)).isInstanceOf(Enqueued.class);
    }

    @Test
    void whatTheTypeDoesNotDeclareRefusesTheWholeBulk() {
        assertThatThrownBy(() -> errand.enqueueAll(PLAIN, List.of("a", "b"), o -> o.uniqueKey("k")))
                .isInstanceOf(CapabilityException.class);
        assertThat(errand.queues().depth("default")).isZero();
    }

    @Test
    void aLongReasonOfACancelIsCut() {
        TaskId id = errand.enqueue(PLAIN, "x").id();
        errand.tasks().cancel(id, "y".repeat(2_000));
        assertThat(errand.tasks().find(id).orElseThrow().reason()).hasSize(1_000);
    }

    @Test
    void refusesPayloadsOverTheLimitAndTellsWhatToDo() {
        assertThat(errand.enqueue(PLAIN, "x".repeat(256 * 1024))).isInstanceOf(Enqueued.class);
        assertThatThrownBy(() -> errand.enqueue(PLAIN, "x".repeat(256 * 1024 + 1)))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContainingAll("plain", "262145 bytes", "at most 262144", "send its id");
        assertThat(errand.queues().depth("default")).isEqualTo(1);
    }

    @Test
    void refusesTwoTypesOfOneNameAndTypesWithoutACodec() {
        errand.enqueue(PLAIN, "x");
        errand.enqueue(PLAIN.queue("other"), "the same type with another policy");
        assertThatThrownBy(() -> errand.enqueue(TaskType.of("plain", byte[].class), new byte[0]))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("Two task types have the name plain");
        assertThatThrownBy(() -> errand.enqueue(TaskType.of("rich", List.class), List.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("errand-codec-jackson");
    }

    @Test
    void refusesHandlersThatCollideAndWorkersWithoutAny() {
        assertThatThrownBy(() -> errand.worker().start()).hasMessageContaining("no handler");
        assertThatThrownBy(() -> errand.worker().handle(PLAIN, (p, t) -> {}).handle(PLAIN, (p, t) -> {}))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("plain has two handlers");
        assertThatThrownBy(() -> errand.worker()
                        .handle(PLAIN, (p, t) -> {})
                        .handle(TaskType.of("new", String.class).alias("plain"), (p, t) -> {}))
                .hasMessageContaining("claimed by the task types plain and new");
        assertThatThrownBy(() -> errand.worker().queue("a").queue("a")).hasMessageContaining("a is named twice");
    }

    @Test
    void refusesABrokerThatPromisesTooLittle() {
        assertThatThrownBy(() -> Errand.over(broker, c -> c.require(Durability.OS_CRASH)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll("memory", "NONE", "OS_CRASH");
    }

    @Test
    void makesVersion7IdsThatSortByTime() {
        TaskId first = errand.enqueue(PLAIN, "1").id();
        time.advance(Duration.ofMillis(1));
        TaskId second = errand.enqueue(PLAIN, "2").id();
        UUID uuid = UUID.fromString(first.value());
        assertThat(uuid.version()).isEqualTo(7);
        assertThat(uuid.variant()).isEqualTo(2);
        assertThat(uuid.getMostSignificantBits() >>> 16).isEqualTo(NOW.toEpochMilli());
        assertThat(first).isLessThan(second);
    }

    @Test
    void writesTheTypesPolicyIntoTheEnvelopeAndMarksWhatIsExplicit() {
        Envelope plain = stored(errand.enqueue(PLAIN, "x"));
        assertThat(plain.policy().maxAttempts()).isEqualTo(25);
        assertThat(plain.policy().timeout()).isEqualTo(Duration.ofMinutes(30));
        assertThat(plain.policy().explicit()).isEmpty();
        Envelope own = stored(errand.enqueue(PLAIN, "x", o -> o.maxAttempts(2).timeout(Duration.ofSeconds(5))));
        assertThat(own.policy().maxAttempts()).isEqualTo(2);
        assertThat(own.policy().explicit()).hasSize(2);
    }

    @Test
    void roundsTimesUpSoThatNothingIsEarly() {
        Envelope task = stored(errand.enqueue(PLAIN, "x", o -> o.delay(Duration.ofNanos(1_500_001))));
        assertThat(task.notBefore()).isEqualTo(NOW.plusMillis(2));
    }

    @Test
    void saysClosedAfterTheClose() {
        errand.close();
        assertThatThrownBy(() -> errand.enqueue(PLAIN, "x")).isInstanceOf(BrokerClosedException.class);
    }
}
