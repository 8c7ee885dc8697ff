package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.TaskId;
import dev.errand.broker.Capability;
import dev.errand.broker.Debounce;
import dev.errand.broker.Delivery;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Settled;
import dev.errand.broker.TaskEdit;
import dev.errand.broker.TaskRecords;
import dev.errand.broker.TaskRecords.Line;
import dev.errand.broker.TaskRecords.Note;
import dev.errand.broker.TaskRecords.Progress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Steps, progress and log lines are kept with the task, for its newest attempt alone, and go with it. */
@Needs({Capability.STEPS, Capability.PROGRESS, Capability.TASK_LOG})
abstract class RecordsContract extends PortContract {
    private static final TaskId A = TaskId.of("a");

    private TaskRecords records() {
        return part(TaskRecords.class);
    }

    private Instant millis() {
        return now().truncatedTo(ChronoUnit.MILLIS);
    }

    private Delivery taken(Intake worker) {
        store(sample("a"));
        return takeOne(worker);
    }

    private Note step(Lease lease, String name, String result) {
        return new Note.StepDone(lease, name, Sample.text(result));
    }

    private Note came(Lease lease, double fraction) {
        return new Note.Came(lease, new Progress(fraction, "so far", millis()));
    }

    private Note line(Lease lease, int number) {
        return new Note.Logged(lease, number, new Line(millis(), 1, "line " + number));
    }

    private void write(Note... notes) {
        assertThat(records().write(List.of(notes))).hasSize(notes.length).allMatch(Settled.Done.class::isInstance);
    }

    private void assertNothingKept() {
        assertThat(records().steps(A)).isEmpty();
        assertThat(records().progress(A)).isEmpty();
        assertThat(records().log(A)).isEmpty();
    }

    private void writeSomething(Lease lease) {
        write(step(lease, "s", "1"), came(lease, 0.5), line(lease, 0));
    }

    @Test
    void nothingIsKeptOfATaskThatSaysNothing() {
        assertNothingKept();
        taken(intake("w"));
        assertNothingKept();
    }

    @Test
    void whatIsWrittenIsRead() {
        Lease lease = taken(intake("w")).lease();
        Progress progress = new Progress(0.25, "größe 😀", millis());
        Line line = new Line(millis(), 3, "it's\n\"there\" 😀");
        write(
                step(lease, "zwölf", "12"),
                new Note.StepDone(lease, "empty", dev.errand.broker.Payload.EMPTY),
                new Note.Came(lease, progress),
                new Note.Logged(lease, 0, line));
        assertThat(records().steps(A))
                .containsOnly(
                        Map.entry("zwölf", Sample.text("12")), Map.entry("empty", dev.errand.broker.Payload.EMPTY));
        assertThat(records().progress(A)).contains(progress);
        assertThat(records().log(A)).containsExactly(line);
    }

    @Test
    void aStepKeepsItsFirstResultAndTheNewestProgressWins() {
        Lease lease = taken(intake("w")).lease();
        write(step(lease, "s", "first"), came(lease, 0.9), came(lease, 0.1), step(lease, "s", "second"));
        assertThat(records().steps(A)).containsExactly(Map.entry("s", Sample.text("first")));
        assertThat(records().progress(A).map(Progress::fraction)).contains(0.1);
    }

    @Test
    void aRepeatedWriteChangesNothing() {
        Lease lease = taken(intake("w")).lease();
        Note[] notes = {line(lease, 0), line(lease, 1), step(lease, "s", "1")};
        write(notes);
        write(notes);
        assertThat(records().log(A)).extracting(Line::text).containsExactly("line 0", "line 1");
    }

    @Test
    void theLastLinesAreKept() {
        Intake worker = intake("w");
        Delivery first = taken(worker);
        List<Note> many = new ArrayList<>();
        for (int i = 0; i < TaskRecords.MAX_LINES + 50; i++) {
            many.add(line(first.lease(), i));
        }
        write(many.toArray(Note[]::new));
        assertThat(records().log(A))
                .hasSize(TaskRecords.MAX_LINES)
                .first()
                .extracting(Line::text)
                .isEqualTo("line 50");
        settled(worker, first, retry(Duration.ZERO));
        write(line(takeOne(worker).lease(), 0));
        assertThat(records().log(A))
                .hasSize(TaskRecords.MAX_LINES)
                .last()
                .extracting(Line::text)
                .isEqualTo("line 0");
        assertThat(records().log(A).getFirst().text()).isEqualTo("line 51");
    }

    @Test
    void oneStepTooManyIsRefused() {
        Lease lease = taken(intake("w")).lease();
        List<Note> many = new ArrayList<>();
        for (int i = 0; i < TaskRecords.MAX_STEPS; i++) {
            many.add(step(lease, "s" + i, "r"));
        }
        write(many.toArray(Note[]::new));
        write(step(lease, "s7", "again"));
        Settled answer = records().write(List.of(step(lease, "more", "r"))).getFirst();
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Settled.Refused.class,
                        refused -> assertThat(refused.why()).hasMessageContainingAll("Task a", "'more'", "1000"));
        assertThat(records().steps(A)).hasSize(TaskRecords.MAX_STEPS).doesNotContainKey("more");
    }

    @Test
    void onlyTheNewestAttemptIsHeard() {
        Intake worker = intake("w");
        Delivery old = taken(worker);
        settled(worker, old, retry(Duration.ZERO));
        assertStale(old.lease());
        Delivery newest = takeOne(worker);
        assertStale(old.lease());
        assertStale(withOtherNonce(newest.lease()));
        assertStale(new Lease(TaskId.of("unknown"), Sample.QUEUE, newest.lease().token()));
        assertNothingKept();
        List<Settled> answers =
                records().write(List.of(came(old.lease(), 0.1), came(newest.lease(), 0.2), line(old.lease(), 0)));
        assertThat(answers)
                .extracting(Object::getClass)
                .containsExactly(Settled.Stale.class, Settled.Done.class, Settled.Stale.class);
        assertThat(records().progress(A).map(Progress::fraction)).contains(0.2);
    }

    private void assertStale(Lease lease) {
        assertThat(records().write(List.of(step(lease, "s", "r"), came(lease, 1), line(lease, 0))))
                .hasSize(3)
                .allMatch(Settled.Stale.class::isInstance);
    }

    @Test
    void theyOutliveAttemptsEditsDeathAndRedrive() {
        Intake worker = intake("w");
        Delivery first = taken(worker);
        writeSomething(first.lease());
        settled(worker, first, retry(Duration.ofMinutes(1)));
        if (can(Capability.EDIT)) {
            tasks().edit(A, TaskEdit.NONE.withPayload(Sample.text("another")).withDue(now()));
        } else {
            tasks().runNow(A);
        }
        Delivery second = takeOne(worker);
        write(step(second.lease(), "t", "2"));
        settled(worker, second, dead("hopeless"));
        assertThat(records().steps(A)).containsOnlyKeys("s", "t");
        deadLetters().redrive(A);
        Delivery third = takeOne(worker);
        assertThat(records().steps(A)).containsOnlyKeys("s", "t");
        assertThat(records().progress(A)).isPresent();
        assertThat(records().log(A)).hasSize(1);
        settled(worker, third, done());
        assertNothingKept();
    }

    @Test
    void theyGoWithTheTask() {
        Intake worker = intake("w");
        Delivery completed = taken(worker);
        writeSomething(completed.lease());
        settled(worker, completed, done());
        assertNothingKept();
        assertThat(find("a")).isEmpty();
        Delivery again = taken(worker);
        assertNothingKept();
        writeSomething(again.lease());
        settled(worker, again, dead("hopeless"));
        assertThat(records().log(A)).hasSize(1);
        assertThat(tasks().delete(A)).isTrue();
        taken(worker);
        assertNothingKept();
    }

    @Test
    @Needs({Capability.STEPS, Capability.PROGRESS, Capability.TASK_LOG, Capability.RETENTION})
    void theyAreKeptAsLongAsTheTaskIs() {
        Intake worker = intake("w");
        Delivery taken = taken(worker);
        writeSomething(taken.lease());
        settled(worker, taken, doneKept(null, Duration.ofMillis(300)));
        assertThat(records().progress(A)).isPresent();
        pass(Duration.ofMillis(400));
        upkeep(dev.errand.broker.Upkeep.class)
                .ifPresent(u -> u.prune(new dev.errand.broker.Upkeep.DeadLetterLimits(Duration.ofDays(1), 100), 100));
        Await.until("it is gone", () -> find("a").isEmpty());
        store(sample("a"));
        assertNothingKept();
    }

    @Test
    @Needs({Capability.STEPS, Capability.PROGRESS, Capability.TASK_LOG, Capability.DEBOUNCE})
    void whatReplacesADebouncedTaskStartsWithoutThem() {
        Optional<Debounce> debounce = Optional.of(new Debounce("k", now().plusSeconds(60)));
        broker.enqueue(List.of(sample("a").envelope().withDebounce(debounce.get())));
        Intake worker = intake("w");
        Delivery taken = takeOne(worker);
        writeSomething(taken.lease());
        settled(worker, taken, retry(Duration.ofMinutes(1)));
        assertThat(records().steps(A)).isNotEmpty();
        broker.enqueue(List.of(sample("b").envelope().withDebounce(debounce.get())));
        assertNothingKept();
        Delivery replaced = takeOne(worker);
        assertThat(replaced.envelope().payload()).isEqualTo(Sample.text("payload of b"));
        writeSomething(replaced.lease());
        settled(worker, replaced, done());
        assertNothingKept();
    }
}
