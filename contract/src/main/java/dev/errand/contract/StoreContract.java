package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Capability;
import dev.errand.broker.Delivery;
import dev.errand.broker.Intake;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Page;
import dev.errand.broker.TaskFilter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Single tasks can be found, listed, counted and deleted. */
@Needs(Capability.FIND)
abstract class StoreContract extends PortContract {
    private static final Optional<String> START = Optional.empty();
    private static final Duration KEPT = Duration.ofHours(1);

    private Instant millis() {
        return now().truncatedTo(ChronoUnit.MILLIS);
    }

    @Test
    void whatWasNeverStoredIsNotFound() {
        assertThat(find("unknown")).isEmpty();
    }

    @Test
    void aReadyTaskIsShown() {
        Instant before = millis();
        store(sample("a"));
        TaskInfo info = info("a");
        assertThat(info.envelope().payload()).isEqualTo(Sample.text("payload of a"));
        assertThat(info.state()).isEqualTo(TaskState.PENDING);
        assertThat(info.ready()).isBetween(before, millis());
        assertThat(info.due()).isNull();
        assertThat(info.worker()).isNull();
        assertThat(info.started()).isNull();
        assertThat(info.ended()).isNull();
        assertThat(info.cause()).isNull();
        assertThat(info.reason()).isNull();
        assertThat(info.cancelRequested()).isFalse();
        assertThat(info.result()).isNull();
    }

    @Test
    void aScheduledTaskIsShownWithItsTime() {
        Instant due = millis().plusSeconds(600);
        store(sample("a").withNotBefore(due));
        TaskInfo info = info("a");
        assertThat(info.state()).isEqualTo(TaskState.SCHEDULED);
        assertThat(info.due()).isEqualTo(due);
        assertThat(info.ready()).isNull();
    }

    @Test
    void aRunningTaskIsShownWithItsWorker() {
        store(sample("a"));
        Instant before = millis();
        takeOne(intake("its-worker"));
        TaskInfo info = info("a");
        assertThat(info.state()).isEqualTo(TaskState.ACTIVE);
        assertThat(info.worker()).isEqualTo("its-worker");
        assertThat(info.started()).isBetween(before, millis());
        assertThat(info.ready()).isNull();
    }

    @Test
    void aTaskWaitingForItsRetryIsShownWithItsTime() {
        store(sample("a"));
        Intake worker = intake("w");
        Delivery taken = takeOne(worker);
        Instant before = millis();
        settled(worker, taken, retry(Duration.ofMinutes(10)));
        TaskInfo info = info("a");
        assertThat(info.state()).isEqualTo(TaskState.RETRY);
        assertThat(info.due()).isBetween(before.plusSeconds(600), millis().plusSeconds(600));
        assertThat(info.worker()).isNull();
        assertThat(info.started()).as("when it last ran").isNotNull();
    }

    @Test
    void aReleasedTaskShowsWhy() {
        store(sample("a"));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), release(Duration.ofMinutes(1)));
        assertThat(state("a")).isEqualTo(TaskState.RETRY);
        assertThat(info("a").reason()).isEqualTo("released by the test");
    }

    @Test
    @Needs({Capability.LIST, Capability.RETENTION})
    void tasksAreListedNewestFirst() {
        store(samples(5));
        store(sample("later").withNotBefore(now().plusSeconds(60)));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), doneKept(null, KEPT));
        assertThat(idsOf(tasks().list(TaskFilter.ALL, START, 100).items()))
                .containsExactly("later", "t4", "t3", "t2", "t1", "t0");
    }

    @Test
    @Needs({Capability.LIST, Capability.RETENTION})
    void listsAreFilteredByQueueTypeAndState() {
        store(
                sample("1").withQueue("a").withType("x"),
                sample("2").withQueue("a").withType("y"),
                sample("3").withQueue("b").withType("x"),
                sample("4").withQueue("b").withType("x").withNotBefore(now().plusSeconds(60)));
        Intake worker = intake("w", "a", "b");
        settled(worker, take(worker, 1, "a").getFirst(), doneKept(null, KEPT));
        assertThat(list(TaskFilter.ALL.inQueue("a"))).containsExactly("2", "1");
        assertThat(list(TaskFilter.ALL.ofType("x"))).containsExactly("4", "3", "1");
        assertThat(list(TaskFilter.ALL.in(TaskState.COMPLETED))).containsExactly("1");
        assertThat(list(TaskFilter.ALL.in(TaskState.COMPLETED, TaskState.SCHEDULED)))
                .containsExactly("4", "1");
        assertThat(list(TaskFilter.ALL.inQueue("b").ofType("x").in(TaskState.PENDING)))
                .containsExactly("3");
        assertThat(list(TaskFilter.ALL.in(TaskState.DEAD))).isEmpty();
        assertThat(list(TaskFilter.ALL.inQueue("%"))).isEmpty();
    }

    private List<String> list(TaskFilter filter) {
        return idsOf(tasks().list(filter, START, 1_000).items());
    }

    @Test
    @Needs(Capability.LIST)
    void pagesCoverAllWhileMoreIsStoredAndDone() {
        store(samples(25));
        Intake worker = intake("w");
        List<String> seen = new ArrayList<>();
        Optional<String> cursor = START;
        int pages = 0;
        do {
            Page<TaskInfo> page = tasks().list(TaskFilter.ALL, cursor, 7);
            assertThat(page.items()).hasSizeLessThanOrEqualTo(7);
            seen.addAll(idsOf(page.items()));
            cursor = page.next();
            store(sample("new" + pages));
            settled(worker, takeOne(worker), retry(Duration.ofHours(1)));
            pages++;
        } while (cursor.isPresent() && pages < 20);
        assertThat(seen).doesNotHaveDuplicates();
        assertThat(seen.stream().filter(id -> id.startsWith("t"))).hasSize(25);
    }

    @Test
    @Needs(Capability.LIST)
    void theLastPageSaysSo() {
        store(samples(4));
        Page<TaskInfo> exact = tasks().list(TaskFilter.ALL, START, 4);
        assertThat(exact.items()).hasSize(4);
        if (exact.next().isPresent()) {
            Page<TaskInfo> last = tasks().list(TaskFilter.ALL, exact.next(), 4);
            assertThat(last.items()).isEmpty();
            assertThat(last.next()).isEmpty();
        }
        assertThat(tasks().list(TaskFilter.ALL, START, 5).next()).isEmpty();
    }

    @Test
    @Needs(Capability.LIST)
    void aBrokenCursorIsRefusedWithARemedy() {
        store(samples(3));
        for (String cursor : List.of("", "x", "-", "1;DROP TABLE tasks", "99999999999999999999999", "\u0000")) {
            assertThatThrownBy(() -> tasks().list(TaskFilter.ALL, Optional.of(cursor), 10))
                    .as("cursor '%s'", cursor)
                    .isInstanceOf(InvalidTaskException.class)
                    .hasMessageContaining("cursor");
        }
    }

    @Test
    void aTaskThatDoesNotRunIsDeleted() {
        store(sample("ready"), sample("later").withNotBefore(now().plusSeconds(60)));
        assertThat(tasks().delete(TaskId.of("ready"))).isTrue();
        assertThat(tasks().delete(TaskId.of("later"))).isTrue();
        assertThat(tasks().delete(TaskId.of("later"))).isFalse();
        assertThat(find("ready")).isEmpty();
        assertNothingToTake(intake("w"));
    }

    @Test
    void aTaskThatRunsIsNotDeleted() {
        store(sample("a"));
        Intake worker = intake("w");
        Delivery taken = takeOne(worker);
        assertThat(tasks().delete(TaskId.of("a"))).isFalse();
        settled(worker, taken, done());
    }

    @Test
    @Needs(Capability.RETENTION)
    void endedTasksAreDeleted() {
        Intake worker = intake("w");
        store(sample("done"));
        settled(worker, takeOne(worker), doneKept(null, KEPT));
        store(sample("cancelled"));
        settled(worker, takeOne(worker), new Verdict.Cancel("no", KEPT));
        kill(worker, sample("dead"), "dead");
        for (String id : List.of("done", "cancelled", "dead")) {
            assertThat(tasks().delete(TaskId.of(id))).as(id).isTrue();
            assertThat(find(id)).as(id).isEmpty();
        }
        assertThat(deadLetters().list(TaskFilter.ALL, START, 10).items()).isEmpty();
    }

    @Test
    @Needs({Capability.COUNTS, Capability.RETENTION})
    void tasksAreCountedByState() {
        Intake worker = intake("w");
        store(sample("done"));
        settled(worker, takeOne(worker), doneKept(null, KEPT));
        kill(worker, sample("dead"), "dead");
        store(sample("retry"));
        settled(worker, takeOne(worker), retry(Duration.ofHours(1)));
        store(sample("active"));
        takeOne(worker);
        store(sample("p1"), sample("p2"), sample("s").withNotBefore(now().plusSeconds(60)));
        store(sample("elsewhere").withQueue("other"));
        assertThat(counts(Sample.QUEUE))
                .containsOnly(
                        Map.entry(TaskState.COMPLETED, 1L),
                        Map.entry(TaskState.DEAD, 1L),
                        Map.entry(TaskState.RETRY, 1L),
                        Map.entry(TaskState.ACTIVE, 1L),
                        Map.entry(TaskState.PENDING, 2L),
                        Map.entry(TaskState.SCHEDULED, 1L));
        assertThat(counts("other")).containsOnly(Map.entry(TaskState.PENDING, 1L));
        assertThat(counts("never-seen")).isEmpty();
    }

    @Test
    @Needs(Capability.OLDEST_AGE)
    void theOldestReadyTaskTellsSinceWhen() {
        assertThat(stats().oldestReady(Sample.QUEUE)).isEmpty();
        Instant before = millis();
        store(sample("first"));
        Instant after = millis();
        pass(Duration.ofMillis(50));
        store(sample("second"));
        assertThat(stats().oldestReady(Sample.QUEUE))
                .get()
                .satisfies(at -> assertThat(at).isBetween(before, after));
        Intake worker = intake("w");
        takeOne(worker);
        assertThat(stats().oldestReady(Sample.QUEUE))
                .get()
                .satisfies(at -> assertThat(at).isAfterOrEqualTo(after.plusMillis(50)));
        takeOne(worker);
        assertThat(stats().oldestReady(Sample.QUEUE)).isEmpty();
    }

    @Test
    @Needs(Capability.OLDEST_AGE)
    void aDelayedTaskIsReadySinceItWasDueAndNotSinceItWasStored() {
        Instant due = millis().plusMillis(400);
        store(sample("a").withNotBefore(due));
        assertThat(stats().oldestReady(Sample.QUEUE)).isEmpty();
        pass(Duration.ofMillis(500));
        upkeep(dev.errand.broker.Upkeep.class).ifPresent(u -> u.promote(10));
        Await.until("it is ready", () -> stats().oldestReady(Sample.QUEUE).isPresent());
        assertThat(stats().oldestReady(Sample.QUEUE))
                .get()
                .satisfies(at -> assertThat(at).isAfterOrEqualTo(due));
    }
}
