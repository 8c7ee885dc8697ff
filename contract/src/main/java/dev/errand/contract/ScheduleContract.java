package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.ConfigurationException;
import dev.errand.Duplicate;
import dev.errand.Enqueued;
import dev.errand.Errand;
import dev.errand.InvalidTaskException;
import dev.errand.Notice;
import dev.errand.Schedule;
import dev.errand.ScheduleInfo;
import dev.errand.TaskContext;
import dev.errand.TaskId;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.WorkerBuilder;
import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.Payload;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.ScheduleStore.Result;
import dev.errand.broker.ScheduleStore.Run;
import dev.errand.schedule.Cron;
import dev.errand.schedule.Definition;
import dev.errand.schedule.Every;
import dev.errand.schedule.Missed;
import dev.errand.schedule.Overlap;
import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Schedules as users see them, under a clock that only the test moves. It starts at noon. */
@Needs({Capability.SCHEDULES, Capability.FIND})
@Given(Facility.VIRTUAL_TIME)
abstract class ScheduleContract extends Contract {
    private static final Instant NOON = Instant.parse("2026-03-28T12:00:00Z");
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final TaskType<String> REPORT = TaskType.of("report", String.class);
    private static final Schedule<String> HOURLY =
            Schedule.of("hourly", REPORT, "sales").every(Duration.ofHours(1));

    private record Ran(Instant at, Instant due, String schedule, String payload, String queue, int most) {}

    private ManualTime time;
    private Broker broker;
    private Errand errand;
    private final List<Ran> runs = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void connect() {
        time = new ManualTime(NOON);
        broker = stage.open(time);
        errand = stage.connect(broker, time, c -> {});
    }

    private WorkerBuilder worker() {
        return errand.worker()
                .queue("default")
                .queue("other")
                .lease(Duration.ofHours(1))
                .stopAfter(Duration.ofSeconds(5), Duration.ofSeconds(2))
                .handle(REPORT, this::run);
    }

    private void run(String payload, TaskContext task) {
        runs.add(new Ran(
                time.now(),
                Instant.parse(task.headers().get("errand.schedule.due")),
                task.headers().getOrDefault("errand.schedule", ""),
                payload,
                task.headers().getOrDefault("queue", ""),
                task.maxAttempts()));
    }

    private Worker start(Schedule<?>... schedules) {
        WorkerBuilder builder = worker();
        for (Schedule<?> schedule : schedules) {
            builder.schedule(schedule);
        }
        return stage.closing(builder.start());
    }

    private static Instant noon(int hours, int minutes) {
        return NOON.plus(Duration.ofHours(hours)).plus(Duration.ofMinutes(minutes));
    }

    private List<Instant> due() {
        synchronized (runs) {
            return runs.stream().map(Ran::due).toList();
        }
    }

    /** They have also ended: time must not move on over a running task's lease. */
    private void awaitRuns(int count) {
        awaitBegun(count);
        awaitEnded();
    }

    private void awaitEnded() {
        Await.until(
                "the last tasks have ended",
                () -> errand.schedules().list().stream().noneMatch(s -> s.lastTask() != null && isOpen(s.lastTask())));
    }

    private boolean isOpen(TaskId task) {
        return errand.tasks().find(task).map(t -> !t.state().ended()).orElse(false);
    }

    private void awaitBegun(int count) {
        Await.until(() -> count + " runs; there were " + due(), Await.PATIENCE, () -> runs.size() >= count);
        assertThat(runs).hasSize(count).allSatisfy(ran -> assertThat(ran.at).isAfterOrEqualTo(ran.due));
    }

    private List<Run> history(String name) {
        return errand.schedules().runs(name, 100).reversed();
    }

    private List<Instant> history(String name, Result result) {
        return history(name).stream()
                .filter(run -> run.result() == result)
                .map(Run::due)
                .toList();
    }

    private void awaitHistory(String name, int count) {
        Await.until(
                () -> count + " in " + history(name),
                Await.PATIENCE,
                () -> history(name).size() >= count);
        assertThat(history(name))
                .hasSize(count)
                .allSatisfy(run -> assertThat(run.fired()).isAfterOrEqualTo(run.due()));
    }

    private ScheduleInfo info(String name) {
        return errand.schedules().find(name).orElseThrow();
    }

    private Definition definition(String name) {
        return Objects.requireNonNull(info(name).definition());
    }

    private void hours(int count) {
        for (int i = 0; i < count; i++) {
            int before = history("hourly").size();
            time.advance(Duration.ofHours(1));
            awaitHistory("hourly", before + 1);
            awaitEnded();
        }
    }

    @Test
    void aDeclaredScheduleFiresAtItsTimes() {
        start(HOURLY.queue("other").header("queue", "other").maxAttempts(3).priority(5));
        assertThat(info("hourly").due()).isEqualTo(noon(1, 0));
        time.advance(Duration.ofHours(1).minusMillis(1));
        for (int hour = 1; hour <= 3; hour++) {
            time.advance(hour == 1 ? Duration.ofMillis(1) : Duration.ofHours(1));
            awaitRuns(hour);
        }
        assertThat(due()).containsExactly(noon(1, 0), noon(2, 0), noon(3, 0));
        assertThat(runs).allSatisfy(ran -> {
            assertThat(ran.schedule).isEqualTo("hourly");
            assertThat(ran.payload).isEqualTo("sales");
            assertThat(ran.queue).isEqualTo("other");
            assertThat(ran.most).isEqualTo(3);
        });
        assertThat(history("hourly", Result.ENQUEUED)).isEqualTo(due());
    }

    @Test
    void aListenerHearsOfEachDueTime() {
        List<Notice> heard = new CopyOnWriteArrayList<>();
        stage.closing(worker().listener(notice -> {
                    if (notice instanceof Notice.Fired) {
                        heard.add(notice);
                    }
                })
                .schedule(HOURLY)
                .start());
        hours(2);
        Await.until("both are heard", () -> heard.size() >= 2);
        assertThat(heard)
                .containsExactly(
                        new Notice.Fired("hourly", noon(1, 0), Duration.ZERO, true),
                        new Notice.Fired("hourly", noon(2, 0), Duration.ZERO, true));
    }

    @Test
    void clocksThatChangeAreHeeded() {
        start(Schedule.of("nightly", REPORT, "x").cron("30 2 * * *", BERLIN));
        assertThat(errand.schedules().next("nightly", 2))
                .containsExactly(Instant.parse("2026-03-29T01:00:00Z"), Instant.parse("2026-03-30T00:30:00Z"));
        time.advance(Duration.ofHours(13));
        awaitRuns(1);
        time.advance(Duration.ofMinutes(23 * 60 + 30));
        awaitRuns(2);
        assertThat(due()).containsExactly(Instant.parse("2026-03-29T01:00:00Z"), Instant.parse("2026-03-30T00:30:00Z"));
    }

    @Test
    void aScheduleMadeAtRunTimeFires() {
        start();
        assertThat(errand.schedules().create(HOURLY)).isTrue();
        assertThat(errand.schedules().create(HOURLY.queue("other"))).isFalse();
        assertThat(info("hourly").declared()).isFalse();
        time.advance(Duration.ofHours(1));
        awaitRuns(1);
        errand.schedules().put(Schedule.of("at", REPORT, "once").at(noon(1, 0), noon(1, 30)));
        time.advance(Duration.ofMinutes(30));
        awaitRuns(2);
        assertThat(due()).containsExactly(noon(1, 0), noon(1, 30));
        assertThat(info("at").due()).as("never again").isNull();
        assertThat(history("at")).hasSize(1);
    }

    @Test
    void anEqualDeclarationLeavesWhatAnOperatorHasChanged() {
        start(HOURLY).close();
        errand.schedules().edit("hourly", d -> d.withRule(Every.of(Duration.ofHours(6))));
        errand.schedules().pause("hourly");
        time.advance(Duration.ofMinutes(1));
        start(HOURLY).close();
        assertThat(definition("hourly").rule()).isEqualTo(Every.of(Duration.ofHours(6)));
        assertThat(info("hourly").paused()).isTrue();
        assertThat(info("hourly").declared()).isTrue();
        assertThat(info("hourly").seen()).isEqualTo(noon(0, 1));
    }

    @Test
    void anotherDeclarationReplacesTheDefinitionAndKeepsPauseAndHistory() {
        Worker first = start(HOURLY);
        hours(2);
        first.close();
        errand.schedules().edit("hourly", d -> d.withRule(Every.of(Duration.ofHours(6))));
        errand.schedules().pause("hourly");
        start(HOURLY.overlap(Overlap.QUEUE));
        assertThat(definition("hourly").rule()).isEqualTo(Every.of(Duration.ofHours(1)));
        assertThat(definition("hourly").overlap()).isEqualTo(Overlap.QUEUE);
        assertThat(info("hourly").paused()).isTrue();
        assertThat(history("hourly")).hasSize(2);
    }

    @Test
    void anotherRuleFiresNoTimesThatArePast() {
        start(HOURLY).close();
        time.advance(Duration.ofMinutes(5 * 60 + 10));
        start(HOURLY.every(Duration.ofMinutes(15)));
        time.advance(Duration.ofMinutes(5));
        awaitRuns(1);
        assertThat(due()).containsExactly(noon(5, 15));
        assertThat(history("hourly")).hasSize(1);
    }

    @Test
    void aChangeThatKeepsTheRuleKeepsWhatWasMissed() {
        start(HOURLY).close();
        time.advance(Duration.ofMinutes(5 * 60 + 10));
        start(HOURLY.maxAttempts(3));
        awaitRuns(1);
        assertThat(due()).containsExactly(noon(5, 0));
    }

    @Test
    void ofMissedTimesTheLatestIsMadeUpFor() {
        start(HOURLY).close();
        time.advance(Duration.ofMinutes(5 * 60 + 10));
        start(HOURLY);
        awaitHistory("hourly", 5);
        awaitRuns(1);
        assertThat(due()).containsExactly(noon(5, 0));
        assertThat(history("hourly", Result.SKIPPED_MISSED))
                .containsExactly(noon(1, 0), noon(2, 0), noon(3, 0), noon(4, 0));
        assertThat(info("hourly").due()).isEqualTo(noon(6, 0));
    }

    @Test
    void missedTimesAreLeftOut() {
        Schedule<String> skip = HOURLY.missed(Missed.skip());
        start(skip).close();
        time.advance(Duration.ofMinutes(5 * 60 + 10));
        start(skip);
        awaitHistory("hourly", 5);
        assertThat(history("hourly", Result.SKIPPED_MISSED)).hasSize(5);
        time.advance(Duration.ofMinutes(50));
        awaitRuns(1);
        assertThat(due()).containsExactly(noon(6, 0));
    }

    @Test
    void missedTimesAreMadeUpForOneAfterTheOther() {
        Schedule<String> all = HOURLY.missed(Missed.all(3));
        start(all).close();
        time.advance(Duration.ofMinutes(5 * 60 + 10));
        start(all);
        Await.until(() -> "three runs, not " + due(), Await.PATIENCE, () -> {
            time.advance(Duration.ofMillis(10));
            return runs.size() == 3;
        });
        assertThat(due()).containsExactly(noon(3, 0), noon(4, 0), noon(5, 0));
        assertThat(history("hourly", Result.SKIPPED_MISSED)).containsExactly(noon(1, 0), noon(2, 0));
        assertThat(info("hourly").waiting()).isEmpty();
    }

    // ---- overlap

    private final Semaphore mayEnd = new Semaphore(0);
    private static final TaskType<String> SLOW = TaskType.of("slow", String.class);
    private static final Schedule<String> TICKS =
            Schedule.of("ticks", SLOW, "x").every(Duration.ofSeconds(10));

    private void startSlow(Overlap overlap) {
        stage.closing(worker().handle(SLOW, (payload, task) -> {
                    run(payload, task);
                    mayEnd.acquire();
                })
                .schedule(TICKS.overlap(overlap))
                .start());
        stage.closing(() -> mayEnd.release(1_000));
    }

    private void ticks(int count) {
        for (int i = 0; i < count; i++) {
            Instant next = Objects.requireNonNull(info("ticks").due());
            time.advance(Duration.between(time.now(), next));
            Await.until("the tick is handled", () -> !next.equals(info("ticks").due()));
        }
    }

    private static Instant tick(int number) {
        return NOON.plusSeconds(10L * number);
    }

    @Test
    void aDueTimeIsLeftOutWhileTheLastTaskRuns() {
        startSlow(Overlap.SKIP);
        ticks(3);
        awaitBegun(1);
        assertThat(history("ticks", Result.SKIPPED_OVERLAP)).containsExactly(tick(2), tick(3));
        mayEnd.release();
        awaitEnded(0);
        ticks(1);
        awaitBegun(2);
        assertThat(due()).containsExactly(tick(1), tick(4));
    }

    private void awaitEnded(int run) {
        Run last = history("ticks").stream()
                .filter(r -> r.result() == Result.ENQUEUED)
                .toList()
                .get(run);
        TaskId task = Objects.requireNonNull(last.task());
        Await.until("the task has ended", () -> !isOpen(task));
    }

    @Test
    void oneDueTimeWaitsUntilTheLastTaskHasEnded() {
        startSlow(Overlap.QUEUE);
        ticks(3);
        awaitBegun(1);
        assertThat(info("ticks").waiting()).containsExactly(tick(2));
        assertThat(history("ticks", Result.SKIPPED_OVERLAP)).containsExactly(tick(3));
        mayEnd.release();
        awaitEnded(0);
        Await.until("what has waited is enqueued", () -> {
            time.advance(Duration.ofMillis(5));
            return info("ticks").waiting().isEmpty();
        });
        awaitBegun(2);
        assertThat(due()).containsExactly(tick(1), tick(2));
        assertThat(time.now()).as("looked about each second").isBefore(tick(3).plusSeconds(9));
    }

    @Test
    void overlapIsAllowed() {
        startSlow(Overlap.ALLOW);
        ticks(3);
        awaitBegun(3);
        assertThat(due()).containsExactlyInAnyOrder(tick(1), tick(2), tick(3));
    }

    // ---- at run time

    @Test
    void aPausedScheduleDoesNotFireAndLeavesOutWhatPassesMeanwhile() {
        start(HOURLY, Schedule.of("other", REPORT, "x").every(Duration.ofHours(1)));
        assertThat(errand.schedules().pause("hourly")).isTrue();
        assertThat(errand.schedules().pause("hourly")).as("again").isTrue();
        assertThat(info("hourly").paused()).isTrue();
        time.advance(Duration.ofHours(1));
        awaitHistory("other", 1);
        awaitEnded();
        time.advance(Duration.ofMinutes(90));
        awaitHistory("other", 2);
        awaitEnded();
        assertThat(errand.schedules().resume("hourly")).isTrue();
        assertThat(info("hourly").due()).isEqualTo(noon(3, 0));
        time.advance(Duration.ofMinutes(30));
        awaitHistory("hourly", 1);
        assertThat(history("hourly", Result.ENQUEUED)).containsExactly(noon(3, 0));
        assertThat(errand.schedules().pause("unknown")).isFalse();
        assertThat(errand.schedules().resume("unknown")).isFalse();
    }

    @Test
    void aScheduleCanBeRunByHand() {
        start(HOURLY);
        errand.schedules().pause("hourly");
        time.advance(Duration.ofMinutes(10));
        Enqueued byHand = (Enqueued) errand.schedules().runNow("hourly").orElseThrow();
        awaitRuns(1);
        assertThat(history("hourly"))
                .containsExactly(new Run(noon(0, 10), noon(0, 10), Result.ENQUEUED_BY_HAND, byHand.id()));
        assertThat(due()).containsExactly(noon(0, 10));
        assertThat(errand.schedules().runNow("hourly").orElseThrow().id()).isNotEqualTo(byHand.id());
        assertThat(info("hourly").due()).as("its next time stays").isEqualTo(noon(1, 0));
        assertThat(errand.schedules().runNow("unknown")).isEmpty();
    }

    @Test
    void aScheduleCanBeEdited() {
        start(HOURLY);
        ScheduleInfo edited = errand.schedules()
                .edit(
                        "hourly",
                        d -> d.withRule(Cron.parse("*/20 * * * *", BERLIN))
                                .withTask(d.task().withQueue("other").withMaxAttempts(2)))
                .orElseThrow();
        assertThat(edited.due()).isEqualTo(noon(0, 20));
        time.advance(Duration.ofMinutes(20));
        awaitRuns(1);
        assertThat(due()).containsExactly(noon(0, 20));
        assertThat(runs.getFirst().most).isEqualTo(2);
        assertThat(errand.schedules().edit("unknown", d -> d)).isEmpty();
    }

    @Test
    void aDeletedScheduleFiresNoMore() {
        start(HOURLY, Schedule.of("other", REPORT, "x").every(Duration.ofHours(1)));
        assertThat(errand.schedules().delete("hourly")).isTrue();
        assertThat(errand.schedules().delete("hourly")).isFalse();
        time.advance(Duration.ofHours(1));
        awaitRuns(1);
        assertThat(runs.getFirst().schedule).isEqualTo("other");
        assertThat(errand.schedules().list()).extracting(ScheduleInfo::name).containsExactly("other");
        assertThat(errand.schedules().next("hourly", 3)).isEmpty();
    }

    @Test
    void theNextTimesAreForetold() {
        errand.schedules().create(HOURLY.jitter(Duration.ofMinutes(5)));
        assertThat(errand.schedules().next("hourly", 3)).containsExactly(noon(1, 0), noon(2, 0), noon(3, 0));
        assertThatThrownBy(() -> errand.schedules().next("hourly", 0)).isInstanceOf(InvalidTaskException.class);
        assertThat(info("hourly").due()).isBetween(noon(1, 0), noon(1, 5));
    }

    @Test
    void jitterDelays() {
        start(HOURLY.jitter(Duration.ofMinutes(30)));
        for (int hour = 1; hour <= 5; hour++) {
            Instant fires = Objects.requireNonNull(info("hourly").due());
            assertThat(fires).isBetween(noon(hour, 0), noon(hour, 30).minusMillis(1));
            time.advance(Duration.between(time.now(), fires));
            awaitHistory("hourly", hour);
            awaitRuns(hour);
            assertThat(history("hourly").getLast().fired()).isEqualTo(fires);
        }
        assertThat(due()).containsExactly(noon(1, 0), noon(2, 0), noon(3, 0), noon(4, 0), noon(5, 0));
    }

    @Test
    @Needs(Capability.UNIQUE)
    void aUniqueTaskThatIsThereAlreadyIsNotEnqueuedAgain() {
        TaskType<String> unique = TaskType.of("unique", String.class).unique(Duration.ofHours(2));
        errand.schedules()
                .create(Schedule.of("hourly", unique, "x")
                        .every(Duration.ofHours(1))
                        .overlap(Overlap.ALLOW));
        stage.closing(worker().queue("nobody's")
                .handle(unique, this::run, h -> h.max(1))
                .start());
        hours(2);
        awaitRuns(1);
        assertThat(history("hourly")).extracting(Run::result).containsExactly(Result.ENQUEUED, Result.DUPLICATE);
        assertThat(history("hourly").get(1).task())
                .isEqualTo(history("hourly").get(0).task());
        assertThat(errand.schedules().runNow("hourly").orElseThrow()).isInstanceOf(Duplicate.class);
    }

    @Test
    void aScheduleThatCannotBeReadDoesNotStopTheOthers() {
        ScheduleStore store = broker.extension(ScheduleStore.class).orElseThrow();
        for (String name : List.of("a bad one", "z bad one")) {
            store.put(
                    new ScheduleStore.Stored(
                            name,
                            "errand-schedule 99\n",
                            Payload.EMPTY,
                            NOON.minusSeconds(9),
                            NOON.minusSeconds(1),
                            List.of(),
                            false,
                            null,
                            null,
                            null,
                            0),
                    0);
        }
        start(HOURLY);
        hours(2);
        awaitRuns(2);
        assertThat(info("a bad one").definition()).isNull();
        assertThat(info("a bad one").defect()).contains("99");
        assertThat(history("a bad one")).isEmpty();
        assertThatThrownBy(() -> errand.schedules().runNow("a bad one"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("a bad one");
        assertThat(errand.schedules().pause("a bad one")).isTrue();
        errand.schedules().put(Schedule.of("z bad one", REPORT, "x").every(Duration.ofHours(1)));
        assertThat(info("z bad one").defect()).isNull();
    }

    @Test
    void manyWorkersFireEachTimeOnce() {
        for (int i = 0; i < 3; i++) {
            Errand own = can(Capability.SHARED) ? stage.connect(stage.open(time), time, c -> {}) : errand;
            stage.closing(own.worker()
                    .stopAfter(Duration.ofSeconds(5), Duration.ofSeconds(2))
                    .lease(Duration.ofHours(1))
                    .handle(REPORT, this::run)
                    .schedule(HOURLY.overlap(Overlap.ALLOW))
                    .start());
        }
        hours(20);
        awaitRuns(20);
        assertThat(due())
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 20)
                        .mapToObj(hour -> noon(hour, 0))
                        .toList());
    }

    private boolean can(Capability capability) {
        return stage.can(capability);
    }

    @Test
    void whatMakesNoSenseIsRefusedAtOnce() {
        assertThatThrownBy(() -> Schedule.of(" ", REPORT, "x")).isInstanceOf(InvalidTaskException.class);
        assertThatThrownBy(() -> HOURLY.cron("0 0 30 2 *", BERLIN))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("never fires");
        assertThatThrownBy(() -> HOURLY.priority(101)).isInstanceOf(InvalidTaskException.class);
        assertThatThrownBy(() -> errand.schedules().create(Schedule.of("none", REPORT, "x")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("no rule");
        assertThatThrownBy(() -> worker().schedule(HOURLY).schedule(HOURLY.queue("other")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("declared twice");
        assertThatThrownBy(() -> errand.schedules().create(HOURLY.at(NOON)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("would never fire");
        assertThat(errand.schedules().list()).isEmpty();
        start(HOURLY.at(NOON));
        assertThat(info("hourly").due()).as("code may declare what has passed").isNull();
    }
}
