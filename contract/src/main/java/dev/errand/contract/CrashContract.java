package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.DeadCause;
import dev.errand.Enqueued;
import dev.errand.Errand;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.broker.Capability;
import dev.errand.broker.Profile;
import dev.errand.broker.TaskFilter;
import dev.errand.contract.process.Journal;
import dev.errand.contract.process.JournalEntry;
import dev.errand.contract.process.JournalEntry.Event;
import dev.errand.contract.process.Processes;
import dev.errand.contract.process.Script;
import dev.errand.contract.process.TestProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Processes die, stall and come back; the tasks do not mind. */
@Given(Facility.PROCESSES)
@Needs(Capability.SHARED)
abstract class CrashContract extends EngineContract {
    private static final Duration LONG = Duration.ofSeconds(60);

    private Processes processes;
    private Journal journal;

    @BeforeEach
    void prepareProcesses() {
        processes = stage.closing(new Processes());
        journal = processes.journal();
    }

    private TestProcess workerProcess(String... options) {
        return processes.worker(stage.url(), options);
    }

    private List<String> enqueue(int count, String script) {
        return errand.enqueueAll(Script.TYPE, Collections.nCopies(count, script)).stream()
                .map(answer -> ((Enqueued) answer).id().value())
                .toList();
    }

    private String enqueue(String script) {
        return errand.enqueue(Script.TYPE, script).id().value();
    }

    private List<JournalEntry> begins(String id) {
        return journal.of(id).stream().filter(e -> e.event() == Event.BEGIN).toList();
    }

    private long ended(String id) {
        return journal.of(id).stream().filter(e -> e.event() == Event.END).count();
    }

    private void awaitEmpty() {
        Await.until("nothing is left", LONG, () -> errand.queues().depth("default") == 0);
        if (stage.can(Capability.COUNTS)) {
            Await.until(
                    () -> "nothing is left of " + errand.queues().counts("default"),
                    Await.PATIENCE,
                    () -> errand.queues().counts("default").values().stream()
                                    .mapToLong(n -> n)
                                    .sum()
                            == 0);
        }
    }

    @Test
    void theTasksOfAKilledWorkerRunElsewhereWithinSeconds() {
        TestProcess first = workerProcess().ready();
        List<String> ids = enqueue(100, "wait gate");
        Await.until("a hundred run", () -> journal.tasks(Event.BEGIN) == 100);
        TestProcess second = workerProcess().ready();
        first.kill();
        Instant killed = Instant.now();
        Await.until(
                () -> journal.all(Event.BEGIN).stream()
                                .filter(e -> e.pid() == second.pid())
                                .count() + " of 100 run elsewhere",
                LONG,
                () -> ids.stream().allMatch(id -> begins(id).size() == 2));
        Duration takenOver = Duration.between(
                killed,
                journal.all(Event.BEGIN).stream()
                        .map(JournalEntry::at)
                        .max(Instant::compareTo)
                        .orElseThrow());
        assertThat(takenOver).isLessThanOrEqualTo(stage.takeOver());
        processes.open("gate");
        Await.until("all are done", () -> journal.tasks(Event.END) == 100);
        for (String id : ids) {
            JournalEntry again = begins(id).get(1);
            assertThat(again.pid()).isEqualTo(second.pid());
            assertThat(again.attempt()).as("a crash is no attempt").isEqualTo(1);
            assertThat(again.crashes()).isEqualTo(1);
            assertThat(begins(id).get(0).token()).isNotEqualTo(again.token());
        }
        awaitEmpty();
    }

    @Test
    void aWorkerThatStartsLaterTakesOverFromTheDead() {
        TestProcess first = workerProcess().ready();
        String id = enqueue("wait gate");
        Await.until("it runs", () -> begins(id).size() == 1);
        first.kill();
        processes.open("gate");
        workerProcess().ready();
        Await.until("it is done elsewhere", () -> ended(id) == 1);
        assertThat(begins(id).getLast().crashes()).isEqualTo(1);
        awaitEmpty();
    }

    /** Replaces the worker as often as it is killed by a task, until there is nothing to kill it any more. */
    private TestProcess diesThreeTimes(String id) {
        for (int crash = 1; crash <= 3; crash++) {
            TestProcess doomed = workerProcess();
            Await.until("a worker is killed", LONG, () -> !doomed.alive());
        }
        TestProcess last = workerProcess().ready();
        TaskInfo letter = Await.present(
                "the task is a dead letter", () -> errand.deadLetters().show(TaskId.of(id)));
        assertThat(letter.cause()).isEqualTo(DeadCause.CRASHED);
        assertThat(letter.envelope().history().crashes()).isEqualTo(3);
        assertThat(letter.attempts()).isZero();
        assertThat(letter.envelope().history().errors())
                .hasSize(3)
                .allMatch(e -> e.error().equals("crash"));
        assertThat(begins(id)).hasSize(3);
        return last;
    }

    @Test
    void aTaskThatKillsItsWorkerThreeTimesIsDead() {
        TestProcess left = diesThreeTimes(enqueue("halt"));
        String after = enqueue("return");
        Await.until("the worker that is left works", () -> ended(after) == 1);
        assertThat(left.alive()).isTrue();
    }

    /** They all count the first two crashes; the third, last chance each has alone. */
    @Test
    void theNeighboursOfATaskThatKillsItsWorkerSurviveIt() {
        List<String> neighbours = new ArrayList<>(enqueue(5, "wait gate"));
        String killer = enqueue("halt");
        neighbours.addAll(enqueue(5, "wait gate"));
        for (int crash = 1; crash <= 2; crash++) {
            TestProcess doomed = workerProcess();
            Await.until("a worker is killed", LONG, () -> !doomed.alive());
        }
        processes.open("gate");
        TestProcess third = workerProcess();
        Await.until("the killer's last chance", LONG, () -> !third.alive());
        workerProcess();
        Await.until(
                () -> journal.tasks(Event.END) + " of 10 neighbours are done",
                LONG,
                () -> neighbours.stream().allMatch(id -> ended(id) >= 1));
        Await.until(
                "the killer is dead",
                LONG,
                () -> errand.deadLetters().show(TaskId.of(killer)).isPresent());
        assertThat(errand.deadLetters()
                        .list(TaskFilter.ALL, Optional.empty(), 100)
                        .items())
                .extracting(t -> t.id().value())
                .containsExactly(killer);
    }

    @Test
    void aTaskThatKillsItsWorkerTwiceCanStillSucceed() {
        workerProcess().ready();
        String id = enqueue("halt 2");
        Await.until("the first worker is dead", () -> begins(id).size() == 1);
        workerProcess();
        Await.until("the second one, too", LONG, () -> begins(id).size() == 2);
        workerProcess();
        Await.until("the third one does it", LONG, () -> ended(id) == 1);
        assertThat(begins(id)).extracting(JournalEntry::crashes).containsExactly(0, 1, 2);
        assertThat(begins(id)).extracting(JournalEntry::attempt).containsOnly(1);
        assertThat(errand.deadLetters().show(TaskId.of(id))).isEmpty();
    }

    @Test
    @Given(Facility.TIMED_LEASE)
    @Needs(Capability.FENCING)
    void whatAStalledWorkerSaysInTheEndIsRefused() {
        TestProcess stalled = workerProcess("lease=PT2S").ready();
        String id = enqueue("endure gate");
        Await.until("it runs", () -> begins(id).size() == 1);
        stalled.freeze();
        TestProcess other = workerProcess("lease=PT2S").ready();
        Await.until("it runs elsewhere", () -> begins(id).size() == 2);
        assertThat(begins(id).get(1).pid()).isEqualTo(other.pid());
        assertThat(begins(id).get(1).crashes()).isEqualTo(1);
        stalled.thaw();
        String probe = enqueue("return");
        Await.until("another task is done", () -> ended(probe) == 1);
        processes.open("gate");
        Await.until(
                "both runs have ended",
                () -> journal.of(id).stream()
                                .filter(e -> e.event() == Event.END || e.event() == Event.FAIL)
                                .count()
                        == 2);
        awaitEmpty();
        assertThat(begins(id)).as("there is no third run").hasSize(2);
        assertThat(errand.deadLetters().show(TaskId.of(id))).isEmpty();
        assertThat(stalled.alive()).isTrue();
    }

    @Test
    @Given(Facility.TIMED_LEASE)
    @Needs(Capability.FENCING)
    void aStalledWorkersFailureDoesNotUndoTheOtherRun() {
        TestProcess stalled = workerProcess("lease=PT2S").ready();
        String id = enqueue("wait gate");
        Await.until("it runs", () -> begins(id).size() == 1);
        stalled.freeze();
        workerProcess("lease=PT2S").ready();
        Await.until("it runs elsewhere", () -> begins(id).size() == 2);
        // Once it can speak again it learns that the lease is lost, and its handler is interrupted and fails.
        stalled.thaw();
        Await.until(
                "the stalled handler is interrupted",
                () -> journal.of(id).stream().anyMatch(e -> e.event() == Event.FAIL && e.pid() == stalled.pid()));
        processes.open("gate");
        Await.until("the other run is done", () -> ended(id) == 1);
        awaitEmpty();
        assertThat(begins(id)).hasSize(2);
        String after = enqueue("return");
        Await.until("the next one is done", () -> ended(after) == 1);
    }

    @Test
    @Given(Facility.TIMED_LEASE)
    void aShortStallCostsNothing() {
        TestProcess worker = workerProcess("lease=PT5S").ready();
        List<String> ids = enqueue(10, "wait gate");
        Await.until("all run", () -> journal.tasks(Event.BEGIN) == 10);
        worker.freeze();
        Await.pass(Duration.ofMillis(1_500));
        worker.thaw();
        processes.open("gate");
        Await.until("all are done", () -> journal.tasks(Event.END) == 10);
        assertThat(ids).allMatch(id -> begins(id).size() == 1);
        awaitEmpty();
    }

    @Test
    void whatWasAcknowledgedBeforeTheCallerWasKilledIsThere() {
        TestProcess caller = processes.caller(stage.url(), "threads=8").ready();
        Await.until("some are stored", () -> journal.count(Event.STORED) > 300);
        caller.kill();
        Set<String> stored =
                journal.all(Event.STORED).stream().map(JournalEntry::task).collect(Collectors.toSet());
        workerProcess().ready();
        Await.until(
                () -> journal.tasks(Event.END) + " of " + stored.size() + " are done",
                LONG,
                () -> ranOf(stored).size() == stored.size());
        awaitEmpty();
        assertThat(journal.count(Event.BEGIN))
                .as("each once; the last ones may have been stored without an answer")
                .isEqualTo(journal.tasks(Event.BEGIN))
                .isGreaterThanOrEqualTo(stored.size());
    }

    private Set<String> ranOf(Set<String> ids) {
        return journal.all(Event.END).stream()
                .map(JournalEntry::task)
                .filter(ids::contains)
                .collect(Collectors.toSet());
    }

    @Test
    void whatABulkCallerWasToldBeforeItWasKilledIsThere() {
        TestProcess caller =
                processes.caller(stage.url(), "threads=2", "bulk=200").ready();
        Await.until("some are stored", () -> journal.count(Event.STORED) > 2_000);
        caller.kill();
        Set<String> stored = journal.all(Event.STORED).stream()
                .map(JournalEntry::task)
                .collect(Collectors.toCollection(HashSet::new));
        Runs runs = new Runs();
        start(local(runs));
        Await.until("all have run", LONG, () -> runs.distinct() >= stored.size());
        awaitEmpty();
        runs.all().forEach(run -> stored.remove(run.id().value()));
        assertThat(stored).isEmpty();
        assertThat(runs.count()).isEqualTo(runs.distinct());
    }

    private dev.errand.WorkerBuilder local(Runs runs) {
        return worker().handle(Script.TYPE, runs::begin);
    }

    @Test
    void severalProcessesEnqueueAndWorkAtOnce() {
        for (int i = 0; i < 2; i++) {
            processes.caller(stage.url(), "threads=4", "count=50");
            workerProcess();
        }
        Await.until(
                () -> journal.count(Event.STORED) + " of 400 stored", LONG, () -> journal.count(Event.STORED) == 400);
        Await.until(() -> journal.tasks(Event.END) + " of 400 done", LONG, () -> journal.tasks(Event.END) == 400);
        awaitEmpty();
        assertThat(journal.count(Event.BEGIN)).as("each exactly once").isEqualTo(400);
        assertThat(journal.count(Event.REFUSED)).isZero();
        Map<Long, Long> byWorker = journal.all(Event.BEGIN).stream()
                .collect(Collectors.groupingBy(JournalEntry::pid, Collectors.counting()));
        assertThat(byWorker).isNotEmpty();
    }

    @Test
    void workersKilledAllTheTimeFinishTheWorkInTheEnd() {
        List<String> ids = enqueue(200, "return");
        List<String> failing = enqueue(20, "fail 2");
        // Not three times: a task that three kills hit would rightly be dead.
        for (int round = 0; round < 2; round++) {
            TestProcess doomed = workerProcess("concurrency=4").ready();
            int before = journal.tasks(Event.END);
            Await.within(Duration.ofSeconds(3), () -> journal.tasks(Event.END) >= before + 20);
            doomed.kill();
        }
        workerProcess().ready();
        Await.until(() -> journal.tasks(Event.END) + " of 220 are done", LONG, () -> journal.tasks(Event.END) == 220);
        awaitEmpty();
        assertThat(ids).allMatch(id -> ended(id) >= 1);
        assertThat(failing)
                .allMatch(id -> begins(id).stream()
                                .mapToInt(JournalEntry::attempt)
                                .max()
                                .orElse(0)
                        == 3);
    }

    /** Every run ends in one of three ways, and each changes the count of attempts or crashes; so no two runs have the same. */
    @Test
    @Needs(Capability.ATOMIC_RETRY)
    void retriesInterruptedByKillsLeaveOneCopy() {
        List<String> ids = enqueue(150, "fail 3");
        for (int round = 0; round < 2; round++) {
            TestProcess doomed = workerProcess().ready();
            int before = journal.count(Event.FAIL);
            Await.within(Duration.ofSeconds(3), () -> journal.count(Event.FAIL) >= before + 100);
            doomed.kill();
        }
        workerProcess().ready();
        Await.until(() -> journal.tasks(Event.END) + " of 150 are done", LONG, () -> journal.tasks(Event.END) == 150);
        awaitEmpty();
        assertThat(ids)
                .allSatisfy(id -> assertThat(
                                begins(id).stream().map(e -> "attempt " + e.attempt() + ", crashes " + e.crashes()))
                        .doesNotHaveDuplicates());
    }

    @Test
    void aTerminatedWorkerStopsInGoodOrder() {
        TestProcess first = workerProcess("drain=PT0.3S", "interrupt=PT5S").ready();
        List<String> ids = enqueue(10, "wait gate");
        Await.until("all run", () -> journal.tasks(Event.BEGIN) == 10);
        first.terminate();
        first.awaitEnd();
        assertThat(journal.count(Event.STOPPED)).isEqualTo(1);
        processes.open("gate");
        workerProcess().ready();
        Await.until("all are done elsewhere", () -> journal.tasks(Event.END) == 10);
        for (String id : ids) {
            JournalEntry last = begins(id).getLast();
            assertThat(last.attempt()).isEqualTo(1);
            assertThat(last.crashes()).as("a stop is no crash").isZero();
        }
        awaitEmpty();
    }

    @Test
    void aWorkerThatRunsOutOfMemoryInAHandlerLosesNothing() {
        workerProcess().ready();
        String hungry = enqueue("allocate 4000");
        List<String> good = enqueue(20, "return");
        workerProcess().ready();
        Await.until("the good ones are done", LONG, () -> good.stream().allMatch(id -> ended(id) >= 1));
        TaskInfo letter = Await.present(
                "the hungry one is a dead letter", () -> errand.deadLetters().show(TaskId.of(hungry)));
        assertThat(letter.cause()).isIn(DeadCause.EXHAUSTED, DeadCause.CRASHED);
    }

    @Test
    @Needs(Capability.WORKER_REGISTRY)
    void aDeadProcessIsForgotten() {
        TestProcess process = workerProcess().ready();
        Await.until(
                "it is shown",
                () -> errand.workers().workers().stream().anyMatch(w -> w.spec().pid() == process.pid()));
        process.kill();
        start(worker().handle(type("other").queue("other"), (payload, task) -> {}));
        Await.until(
                "it is forgotten",
                () -> errand.workers().workers().stream()
                        .noneMatch(w -> w.spec().pid() == process.pid()));
    }

    @Test
    @Needs(Capability.CANCEL_ACTIVE)
    void aTaskOfAnotherProcessIsCancelledPromptly() {
        workerProcess().ready();
        String id = enqueue("wait gate");
        Await.until("it runs", () -> begins(id).size() == 1);
        Instant asked = Instant.now();
        errand.tasks().cancel(TaskId.of(id), "not wanted");
        Await.until("it is interrupted", () -> journal.of(id).stream().anyMatch(e -> e.event() == Event.FAIL));
        assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aTaskStoredByAnotherProcessStartsPromptly() {
        workerProcess().ready();
        enqueue("return");
        Await.until("the worker is warm", () -> journal.count(Event.END) == 1);
        for (int i = 0; i < 10; i++) {
            Instant asked = Instant.now();
            String id = enqueue("return");
            Await.until("it runs", () -> begins(id).size() == 1);
            assertThat(Duration.between(asked, begins(id).getFirst().at()))
                    .as("woken, not polled")
                    .isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    @Given(Facility.TIMED_LEASE)
    void aWorkerWhoseClockIsWrongTakesNothingFromLiveOnes() {
        if (broker.profile().dueClock() == Profile.DueClock.CLIENT) {
            // A clock that decides about leases cannot be wrong by more than a lease; this is what the profile says.
            // Within it, nothing may happen.
            wrongBy("PT10S");
        } else {
            wrongBy("PT1H");
        }
    }

    private void wrongBy(String skew) {
        workerProcess().ready();
        List<String> ids = enqueue(5, "wait gate");
        Await.until("all run", () -> journal.tasks(Event.BEGIN) == 5);
        workerProcess("skew=" + skew).ready();
        workerProcess("skew=-" + skew).ready();
        assertThat(Await.within(Duration.ofSeconds(4), () -> journal.count(Event.BEGIN) > 5))
                .as("nobody takes them")
                .isFalse();
        processes.open("gate");
        Await.until("all are done", () -> journal.tasks(Event.END) == 5);
        assertThat(ids).allMatch(id -> begins(id).size() == 1);
        awaitEmpty();
    }

    @Test
    void aClientThatIsClosedLeavesItsTasksToOthers() {
        Errand brief = stage.connect(c -> {});
        String id = brief.enqueue(Script.TYPE, "return").id().value();
        brief.close();
        workerProcess().ready();
        Await.until("it is done", () -> ended(id) == 1);
    }
}
