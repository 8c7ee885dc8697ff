package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.InvalidTaskException;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Capability;
import dev.errand.broker.Intake;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Page;
import dev.errand.broker.TaskFilter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tasks are found by when they were enqueued and ended, and by what went wrong. */
@Needs(Capability.LIST)
abstract class FilterContract extends PortContract {
    private static final Instant NEW_YEAR = Instant.parse("2026-01-01T00:00:00Z");

    private interface Listing {
        Page<TaskInfo> list(TaskFilter filter, Optional<String> cursor, int limit);
    }

    private static List<String> all(Listing listing, TaskFilter filter) {
        List<String> ids = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            Page<TaskInfo> page = listing.list(filter, cursor, 2);
            assertThat(page.items()).hasSizeLessThanOrEqualTo(2);
            ids.addAll(idsOf(page.items()));
            cursor = page.next();
        } while (cursor.isPresent());
        return ids;
    }

    private List<String> list(TaskFilter filter) {
        return all(tasks()::list, filter);
    }

    private List<String> dead(TaskFilter filter) {
        return all(deadLetters()::list, filter);
    }

    private Sample at(String id, int hour) {
        return Sample.of(id, NEW_YEAR.plus(hour, ChronoUnit.HOURS));
    }

    @Test
    void byTheTimeOfTheEnqueue() {
        store(at("0", 0), at("1", 1), at("2", 2), at("3", 3));
        Instant one = NEW_YEAR.plus(1, ChronoUnit.HOURS);
        Instant three = NEW_YEAR.plus(3, ChronoUnit.HOURS);
        assertThat(list(TaskFilter.ALL.createdFrom(one))).containsExactly("3", "2", "1");
        assertThat(list(TaskFilter.ALL.createdBefore(three))).containsExactly("2", "1", "0");
        assertThat(list(TaskFilter.ALL.createdFrom(one).createdBefore(three))).containsExactly("2", "1");
        assertThat(list(TaskFilter.ALL.createdFrom(one.plusNanos(1)))).containsExactly("3", "2");
        assertThat(list(TaskFilter.ALL.createdBefore(one.plusNanos(1)))).containsExactly("1", "0");
        assertThat(list(TaskFilter.ALL.createdFrom(three).createdBefore(one))).isEmpty();
    }

    @Test
    @Needs({Capability.LIST, Capability.RETENTION})
    void byTheTimeOfTheEnd() {
        Intake worker = intake("w");
        store(sample("first"));
        settled(worker, takeOne(worker), doneKept(null, Duration.ofHours(1)));
        pass(Duration.ofMillis(20));
        Instant between = now();
        pass(Duration.ofMillis(20));
        store(sample("second"));
        settled(worker, takeOne(worker), new Verdict.Cancel("no", Duration.ofHours(1)));
        store(sample("waits"));
        assertThat(list(TaskFilter.ALL.endedBefore(between))).containsExactly("first");
        assertThat(list(TaskFilter.ALL.endedFrom(between))).containsExactly("second");
        assertThat(list(TaskFilter.ALL.endedBefore(now().plusSeconds(60)))).containsExactly("second", "first");
    }

    @Test
    void byWhatWentWrong() {
        Intake worker = intake("w");
        kill(worker, sample("io"), "disk is full");
        kill(worker, sample("other"), "100% wrong_\\ 'quoted'");
        store(sample("fine"));
        for (String text : List.of("disk is", "IOException: disk", "full")) {
            assertThat(list(TaskFilter.ALL.errorContains(text))).as(text).containsExactly("io");
        }
        assertThat(list(TaskFilter.ALL.errorContains("java.io"))).containsExactly("other", "io");
        assertThat(list(TaskFilter.ALL.errorContains("100% wrong_\\ 'quoted'"))).containsExactly("other");
        for (String text : List.of("Disk", "%", "%i%", "at nowhere")) {
            assertThat(list(TaskFilter.ALL
                            .errorContains(text)
                            .in(TaskState.DEAD)
                            .inQueue(Sample.QUEUE)))
                    .as(text)
                    .isEqualTo(text.equals("%") ? List.of("other") : List.of());
        }
    }

    @Test
    void onlyTheLastErrorCounts() {
        store(sample("a"));
        Intake worker = intake("w");
        for (String message : List.of("first trouble", "second trouble")) {
            var taken = takeOne(worker);
            var history = taken.envelope().history().failed(failure(message, 1));
            worker.settle(List.of(new dev.errand.broker.Outcome(
                    taken.lease(), taken.envelope().withHistory(history), retry(Duration.ZERO))));
        }
        assertThat(list(TaskFilter.ALL.errorContains("second trouble"))).containsExactly("a");
        assertThat(list(TaskFilter.ALL.errorContains("first trouble"))).isEmpty();
    }

    @Test
    void deadLettersAreListedCountedRedrivenAndPurgedByThem() {
        Intake worker = intake("w");
        for (int i = 0; i < 5; i++) {
            kill(worker, at("odd" + i, i), "timed out");
            kill(worker, at("even" + i, i), "refused");
        }
        TaskFilter timedOut = TaskFilter.ALL.errorContains("timed out");
        TaskFilter early = timedOut.createdBefore(NEW_YEAR.plus(3, ChronoUnit.HOURS));
        assertThat(dead(timedOut)).containsExactly("odd4", "odd3", "odd2", "odd1", "odd0");
        assertThat(deadLetters().count(timedOut, 100)).isEqualTo(5);
        assertThat(deadLetters().count(timedOut, 4)).isEqualTo(4);
        assertThat(deadLetters().count(timedOut, 0)).isZero();
        assertThat(deadLetters().count(TaskFilter.ALL, 100)).isEqualTo(10);
        assertThat(deadLetters().count(early, 100)).isEqualTo(3);
        assertThat(deadLetters().redriveAll(early, 2)).isEqualTo(2);
        assertThat(ids(take(worker, 2))).containsExactly("odd0", "odd1");
        assertThat(dead(timedOut)).containsExactly("odd4", "odd3", "odd2");
        assertThat(deadLetters().purge(early, 100)).isEqualTo(1);
        assertThat(dead(timedOut)).containsExactly("odd4", "odd3");
        assertThat(deadLetters().count(TaskFilter.ALL, 100))
                .as("the others are untouched")
                .isEqualTo(7);
    }

    @Test
    void aNeedleIsFoundInAHaystackInBoundedPages() {
        Intake worker = intake("w");
        kill(worker, sample("needle"), "the needle");
        store(samples(9_000));
        store(sample("late"));
        assertThat(list(TaskFilter.ALL.errorContains("the needle"))).containsExactly("needle");
        assertThat(list(TaskFilter.ALL.errorContains("nothing of that"))).isEmpty();
    }

    @Test
    void aTextThatCannotBeIsRefused() {
        assertThatThrownBy(() -> TaskFilter.ALL.errorContains(""))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("characters");
        assertThatThrownBy(() -> TaskFilter.ALL.errorContains("x".repeat(1_001)))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("1001");
    }
}
