package dev.errand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.broker.TaskEdit;
import dev.errand.broker.TaskStore.EditAnswer;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EditAndDebounceTest {
    private static final Instant NOW = Instant.parse("2026-03-29T01:00:00Z");
    private static final TaskType<String> PLAIN =
            TaskType.of("plain", String.class).alias("older");
    private static final TaskType<String> INDEX =
            TaskType.of("index", String.class).debounce(text -> text.substring(0, 1), Duration.ofSeconds(2));

    private final ManualTime time = new ManualTime(NOW);
    private final MemoryBroker broker = new MemoryBroker(time, new Random(1), 1_000);
    private final Errand errand =
            Errand.over(broker, c -> c.time(time).random(new Random(3)).maxPayload(100));

    @AfterEach
    void close() {
        errand.close();
        broker.close();
    }

    private TaskInfo info(TaskId id) {
        return errand.tasks().find(id).orElseThrow();
    }

    @Test
    void aPayloadIsReplacedByAnotherOfItsType() {
        TaskId id = errand.enqueue(PLAIN, "before").id();
        assertThat(errand.tasks().edit(PLAIN, id, "after")).isEqualTo(EditAnswer.EDITED);
        assertThat(errand.tasks().payload(PLAIN, info(id))).isEqualTo("after");
        assertThat(errand.tasks().edit(PLAIN, TaskId.of("unknown"), "x")).isEqualTo(EditAnswer.UNKNOWN);
        assertThatThrownBy(() -> errand.tasks().edit(INDEX, id, "x"))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContainingAll(id.value(), "plain", "index");
    }

    @Test
    void limitsHoldForEdits() {
        TaskId id = errand.enqueue(PLAIN, "before").id();
        assertRefused(() -> errand.tasks().edit(PLAIN, id, "x".repeat(101)), "101 bytes", "at most 100");
        assertRefused(() -> errand.tasks().snooze(id, NOW.plus(Duration.ofDays(367))), id.value(), "366 days");
        assertRefused(() -> errand.tasks().edit(id, TaskEdit.NONE.withDeadline(NOW)), id.value(), "passed already");
        assertRefused(
                () -> errand.tasks()
                        .edit(id, TaskEdit.NONE.withDeadline(NOW.plusSeconds(5)).withDue(NOW.plusSeconds(5))),
                id.value(),
                "never run");
        assertRefused(() -> errand.tasks().edit(id, TaskEdit.NONE.withTimeout(Duration.ofDays(400))), "timeout");
        assertThat(info(id).envelope().payload().bytes())
                .isEqualTo("before".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static void assertRefused(Runnable edit, String... message) {
        assertThatThrownBy(edit::run).isInstanceOf(InvalidTaskException.class).hasMessageContainingAll(message);
    }

    @Test
    void aSnoozedTaskWaits() {
        TaskId id = errand.enqueue(PLAIN, "x").id();
        assertThat(errand.tasks().snooze(id, NOW.plusSeconds(60))).isEqualTo(EditAnswer.EDITED);
        assertThat(info(id).due()).isEqualTo(NOW.plusSeconds(60));
        assertThat(errand.tasks().snooze(id, NOW)).isEqualTo(EditAnswer.EDITED);
        assertThat(info(id).state()).isEqualTo(TaskState.PENDING);
    }

    @Test
    void aLaterTaskReplacesTheWaitingOneUntilTenTimesTheDelay() {
        EnqueueResult first = errand.enqueue(INDEX, "a1");
        assertThat(first).isInstanceOf(Enqueued.class);
        assertThat(info(first.id()).due()).isEqualTo(NOW.plusSeconds(2));
        for (int i = 2; i < 14; i++) {
            time.advance(Duration.ofSeconds(1).plusMillis(900));
            assertThat(errand.enqueue(INDEX, "a" + i)).isEqualTo(new Replaced(first.id()));
            if (i == 11) {
                assertThat(info(first.id()).due()).isEqualTo(NOW.plusSeconds(20));
            }
        }
        assertThat(errand.tasks().payload(INDEX, info(first.id()))).isEqualTo("a13");
        assertThat(info(first.id()).state()).as("it is due").isEqualTo(TaskState.PENDING);
        assertThat(errand.enqueueAll(INDEX, List.of("b1", "b2")))
                .satisfies(answers -> assertThat(answers.get(0)).isInstanceOf(Enqueued.class))
                .satisfies(answers -> assertThat(answers.get(1)).isInstanceOf(Replaced.class));
    }

    @Test
    void aDelayOfItsOwnCountsWithinTheLongest() {
        TaskId soon =
                errand.enqueue(INDEX, "a", o -> o.delay(Duration.ofSeconds(9))).id();
        TaskId late =
                errand.enqueue(INDEX, "b", o -> o.delay(Duration.ofHours(9))).id();
        assertThat(info(soon).due()).isEqualTo(NOW.plusSeconds(9));
        assertThat(info(late).due()).isEqualTo(NOW.plusSeconds(20));
    }

    @Test
    void aTypeIsNotUniqueAndDebounced() {
        assertThatThrownBy(() -> INDEX.unique(Duration.ZERO))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll("index", "unique and debounced");
        assertThatThrownBy(() -> PLAIN.unique(Duration.ZERO).debounce(x -> x, Duration.ofSeconds(1)))
                .isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> PLAIN.debounce(x -> x, Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("at least as much");
        assertThatThrownBy(() -> errand.enqueue(PLAIN.debounce(x -> " ", Duration.ofSeconds(2)), "x"))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("debounce key");
    }

    @Test
    void queuesArePausedAndResumed() {
        assertThat(errand.queues().pause("q")).isTrue();
        assertThat(errand.queues().paused()).containsExactly(java.util.Map.entry("q", NOW));
        assertThat(errand.queues().names()).containsExactly("q");
        assertThat(errand.queues().resume("q")).isTrue();
        assertThatThrownBy(() -> errand.queues().pause(" ")).isInstanceOf(InvalidTaskException.class);
    }
}
