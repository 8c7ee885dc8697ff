package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.Schedule;
import dev.errand.broker.Capability;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.ScheduleStore.Result;
import dev.errand.broker.ScheduleStore.Run;
import dev.errand.contract.process.Journal;
import dev.errand.contract.process.JournalEntry;
import dev.errand.contract.process.JournalEntry.Event;
import dev.errand.contract.process.Processes;
import dev.errand.contract.process.Script;
import dev.errand.contract.process.TestProcess;
import dev.errand.contract.process.WorkerMain;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Schedules fired by several processes, some of which are killed on the way. */
@Needs({Capability.SCHEDULES, Capability.SHARED})
@Given(Facility.PROCESSES)
abstract class ScheduleProcessContract extends EngineContract {
    private static final Duration LONG = Duration.ofSeconds(60);

    private Processes processes;
    private Journal journal;

    @BeforeEach
    void prepareProcesses() {
        processes = stage.closing(new Processes());
        journal = processes.journal();
    }

    private List<Run> runs() {
        return errand.schedules()
                .runs(WorkerMain.SCHEDULE, ScheduleStore.MAX_RUNS)
                .reversed();
    }

    private void awaitRuns(int count) {
        Await.until(() -> count + " due times; handled are " + runs(), LONG, () -> runs().size() >= count);
    }

    /** Each second has one run and one task, none is left out, and none was early. */
    private void assertEachOnce(List<Run> runs) {
        Instant due = runs.getFirst().due();
        for (Run run : runs) {
            assertThat(run.due()).isEqualTo(due);
            assertThat(run.result()).isEqualTo(Result.ENQUEUED);
            assertThat(run.fired()).isAfterOrEqualTo(run.due());
            due = due.plusSeconds(1);
        }
        assertThat(runs).extracting(Run::task).doesNotHaveDuplicates();
    }

    private Set<String> begun() {
        return journal.all(Event.BEGIN).stream().map(JournalEntry::task).collect(Collectors.toSet());
    }

    @Test
    void everyDueTimeHasOneTaskWhoeverIsKilled() {
        List<TestProcess> workers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            workers.add(processes.worker(stage.url(), "every=PT1S"));
        }
        workers.forEach(TestProcess::ready);
        awaitRuns(3);
        workers.remove(0).kill();
        awaitRuns(runs().size() + 2);
        workers.remove(0).kill();
        awaitRuns(runs().size() + 2);
        workers.remove(0).kill();
        int before = runs().size();
        processes.worker(stage.url(), "every=PT1S").ready();
        awaitRuns(before + 3);
        errand.schedules().pause(WorkerMain.SCHEDULE);
        List<Run> all = runs();
        assertEachOnce(all);
        Set<String> tasks = all.stream().map(run -> String.valueOf(run.task())).collect(Collectors.toSet());
        Await.until(() -> "all of " + tasks + " have run", LONG, () -> begun().containsAll(tasks));
        if (all.size() < ScheduleStore.MAX_RUNS) { // else the machine was so slow that the first ones are forgotten
            assertThat(begun()).as("there is no other task").isEqualTo(tasks);
        }
    }

    @Test
    void aScheduleMadeHereIsFiredByTheOthersAtOnce() {
        processes.worker(stage.url()).ready();
        Instant due = Instant.now().plusMillis(1_500);
        errand.schedules().create(Schedule.of("soon", Script.TYPE, "return").at(due));
        Await.until("it has run", () -> journal.count(Event.END) == 1);
        Run run = errand.schedules().runs("soon", 1).getFirst();
        assertThat(run.fired()).isAfterOrEqualTo(due);
        assertThat(run.result()).isEqualTo(Result.ENQUEUED);
    }
}
