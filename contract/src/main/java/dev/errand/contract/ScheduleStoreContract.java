package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.Envelope;
import dev.errand.broker.Payload;
import dev.errand.broker.Receipt;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.ScheduleStore.Advance;
import dev.errand.broker.ScheduleStore.Advanced;
import dev.errand.broker.ScheduleStore.Result;
import dev.errand.broker.ScheduleStore.Run;
import dev.errand.broker.ScheduleStore.Stored;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is stored about schedules: guarded by versions, and fired in one step with its tasks and its history. */
@Needs(Capability.SCHEDULES)
abstract class ScheduleStoreContract extends PortContract {
    private ScheduleStore store() {
        return part(ScheduleStore.class);
    }

    private Instant at(int seconds) {
        return now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(seconds);
    }

    private Stored schedule(String name, @Nullable Instant due) {
        return new Stored(
                name,
                "definition of " + name,
                Sample.text("payload of " + name),
                at(0),
                due,
                List.of(),
                false,
                null,
                null,
                null,
                0);
    }

    private static Stored with(Stored stored, @Nullable Instant due, List<Instant> waiting, boolean paused) {
        return new Stored(
                stored.name(),
                stored.definition(),
                stored.payload(),
                stored.handled(),
                due,
                waiting,
                paused,
                stored.lastTask(),
                stored.declared(),
                stored.seen(),
                stored.version());
    }

    private Stored created(Stored schedule) {
        assertThat(store().put(schedule, 0)).isTrue();
        return stored(schedule.name());
    }

    private Stored stored(String name) {
        return store().find(name).orElseThrow(() -> new AssertionError("there is no schedule " + name));
    }

    private Run run(Instant due, Result result, @Nullable String task) {
        return new Run(due, due, result, task == null ? null : TaskId.of(task));
    }

    private boolean advance(Stored next, long expected, List<Envelope> tasks, Run... runs) {
        return store().advance(next, expected, tasks, List.of(runs)).isPresent();
    }

    @Test
    void everythingStoredIsFound() {
        Stored full = new Stored(
                "täglich 每日",
                "a definition\nof lines",
                new Payload(new byte[] {0, 1, -1}, "application/x", 7),
                at(-5),
                at(9),
                List.of(at(-2), at(-1)),
                true,
                TaskId.of("last"),
                "fingerprint",
                at(-3),
                99);
        assertThat(store().put(full, 0)).isTrue();
        Stored found = stored("täglich 每日");
        assertThat(found.version()).isPositive();
        assertThat(found).isEqualTo(full.withVersion(found.version()));
        assertThat(store().list()).containsExactly(found);
    }

    @Test
    void aScheduleIsCreatedOnce() {
        Stored first = created(schedule("a", at(5)));
        assertThat(store().put(schedule("a", at(6)), 0)).isFalse();
        assertThat(stored("a")).isEqualTo(first);
        assertThat(store().put(schedule("b", null), 12)).as("there is none").isFalse();
        assertThat(store().find("b")).isEmpty();
    }

    @Test
    void aChangeNeedsTheVersionThatIsThere() {
        Stored first = created(schedule("a", at(5)));
        assertThat(store().put(schedule("a", at(6)), first.version())).isTrue();
        Stored second = stored("a");
        assertThat(second.version()).isNotEqualTo(first.version());
        assertThat(second.due()).isEqualTo(at(6));
        assertThat(store().put(schedule("a", at(7)), first.version())).isFalse();
        assertThat(stored("a")).isEqualTo(second);
    }

    /** Else somebody who was stopped for long could take a new schedule for the old one. */
    @Test
    void aScheduleThatIsMadeAnewHasAVersionThatNeverWas() {
        Set<Long> versions = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            Stored made = created(schedule("a", at(5)));
            assertThat(versions.add(made.version())).isTrue();
            assertThat(store().put(made, made.version())).isTrue();
            assertThat(versions.add(stored("a").version())).isTrue();
            assertThat(store().delete("a")).isTrue();
        }
        assertThat(store().delete("a")).isFalse();
        assertThat(store().find("a")).isEmpty();
        assertThat(store().list()).isEmpty();
    }

    @Test
    void thoseAreDueWhoseTimeHasComeAndThatAreNotPaused() {
        created(schedule("later", at(60)));
        created(schedule("never", null));
        created(schedule("second", at(-1)));
        created(schedule("first", at(-9)));
        created(with(schedule("paused", at(-5)), at(-5), List.of(at(-5)), true));
        assertThat(store().due(now(), 10)).extracting(Stored::name).containsExactly("first", "second");
        assertThat(store().due(now(), 1)).extracting(Stored::name).containsExactly("first");
        assertThat(store().due(at(60), 10)).extracting(Stored::name).containsExactly("first", "second", "later");
        assertThat(store().nextDue(at(-9))).contains(at(-1));
        assertThat(store().nextDue(now())).contains(at(60));
        assertThat(store().nextDue(at(60))).isEmpty();
        assertThat(store().list())
                .extracting(Stored::name)
                .containsExactly("first", "later", "never", "paused", "second");
    }

    @Test
    void whatHasDueTimesWaitingIsLookedAfterInAnyCase() {
        created(with(schedule("waits", null), at(60), List.of(at(-1)), false));
        created(with(schedule("waits without end", null), null, List.of(at(-1)), false));
        assertThat(store().due(now(), 10))
                .extracting(Stored::name)
                .containsExactlyInAnyOrder("waits", "waits without end");
    }

    @Test
    void firingIsOneStep() {
        Stored stored = created(schedule("a", at(-1)));
        assertThat(advance(
                        with(stored, at(9), List.of(), false),
                        stored.version(),
                        List.of(sample("t1").envelope(), sample("t2").envelope()),
                        run(at(-2), Result.ENQUEUED, "t1"),
                        run(at(-1), Result.ENQUEUED, "t2"),
                        run(at(0), Result.SKIPPED_OVERLAP, null)))
                .isTrue();
        assertThat(stored("a").due()).isEqualTo(at(9));
        assertThat(stored("a").version()).isNotEqualTo(stored.version());
        assertThat(store().runs("a", 10))
                .containsExactly(
                        run(at(0), Result.SKIPPED_OVERLAP, null),
                        run(at(-1), Result.ENQUEUED, "t2"),
                        run(at(-2), Result.ENQUEUED, "t1"));
        assertThat(store().runs("a", 1)).containsExactly(run(at(0), Result.SKIPPED_OVERLAP, null));
        assertThat(ids(take(intake("w"), 2))).containsExactlyInAnyOrder("t1", "t2");
    }

    @Test
    void firingWithAnotherVersionDoesNothing() {
        Stored stored = created(schedule("a", at(-1)));
        assertThat(store().put(with(stored, at(-1), List.of(), true), stored.version()))
                .isTrue();
        Stored paused = stored("a");
        Run run = run(at(-1), Result.ENQUEUED, "t");
        List<Envelope> task = List.of(sample("t").envelope());
        assertThat(advance(with(stored, at(9), List.of(), false), stored.version(), task, run))
                .isFalse();
        assertThat(advance(schedule("unknown", at(9)), 3, task, run)).isFalse();
        assertThat(advance(schedule("unknown", at(9)), 0, task, run)).isFalse();
        assertThat(stored("a")).isEqualTo(paused);
        assertThat(store().find("unknown")).isEmpty();
        assertThat(store().runs("a", 10)).isEmpty();
        assertNothingToTake(intake("w"));
    }

    @Test
    void ofSeveralAtOnceEachIsFiredForItself() {
        Stored first = created(schedule("first", at(-1)));
        Stored changed = created(schedule("changed", at(-1)));
        assertThat(store().put(changed, changed.version())).isTrue();
        Stored idle = created(schedule("idle", at(-1)));
        Stored last = created(schedule("last", at(-1)));
        List<Advanced> answers = store().advance(List.of(
                step(first, List.of(sample("t1").envelope(), sample("t2").envelope())),
                step(changed, List.of(sample("no").envelope())),
                step(schedule("unknown", at(-1)), List.of(sample("none").envelope())),
                step(idle, List.of()),
                step(last, List.of(sample("t3").envelope()))));
        Receipt stored = new Receipt.Stored();
        assertThat(answers)
                .containsExactly(
                        new Advanced.Done(List.of(stored, stored)),
                        new Advanced.Superseded(),
                        new Advanced.Superseded(),
                        new Advanced.Done(List.of()),
                        new Advanced.Done(List.of(stored)));
        assertThat(store().runs("first", 10)).hasSize(2);
        assertThat(store().runs("changed", 10)).isEmpty();
        assertThat(store().runs("last", 10)).containsExactly(run(at(-1), Result.ENQUEUED, "t3"));
        assertThat(store().due(now(), 10)).extracting(Stored::name).containsExactly("changed");
        assertThat(store().find("unknown")).isEmpty();
        assertThat(store().advance(List.of())).isEmpty();
        assertThat(ids(take(intake("w"), 3))).containsExactlyInAnyOrder("t1", "t2", "t3");
        assertNothingToTake(intake("w2"));
    }

    private Advance step(Stored stored, List<Envelope> tasks) {
        List<Run> runs = tasks.stream()
                .map(task -> new Run(at(-1), at(-1), Result.ENQUEUED, task.id()))
                .toList();
        return new Advance(with(stored, at(60), List.of(), false), stored.version(), tasks, runs);
    }

    @Test
    @Needs(Capability.UNIQUE)
    void aTaskThatIsADuplicateIsLeftOutAndTheHistorySaysSo() {
        Stored stored = created(schedule("a", at(-1)));
        store(sample("holder").withUnique("key", Duration.ofHours(1)));
        Optional<List<Receipt>> receipts = store().advance(
                        with(stored, at(9), List.of(), false),
                        stored.version(),
                        List.of(
                                sample("t")
                                        .withUnique("key", Duration.ofHours(1))
                                        .envelope(),
                                sample("other").envelope()),
                        List.of(run(at(-2), Result.ENQUEUED, "t"), run(at(-1), Result.ENQUEUED, "other")));
        assertThat(receipts).contains(List.of(new Receipt.Duplicate(TaskId.of("holder")), new Receipt.Stored()));
        assertThat(store().runs("a", 10))
                .containsExactly(run(at(-1), Result.ENQUEUED, "other"), run(at(-2), Result.DUPLICATE, "holder"));
        assertThat(ids(take(intake("w"), 2))).containsExactlyInAnyOrder("holder", "other");
    }

    @Test
    void theHistoryIsTrimmed() {
        created(schedule("other", at(-1)));
        Stored other = stored("other");
        assertThat(advance(other, other.version(), List.of(), run(at(-7), Result.SKIPPED_MISSED, null)))
                .isTrue();
        Stored stored = created(schedule("a", at(-1)));
        for (int i = 0; i < 3; i++) {
            int from = i * 60;
            Run[] runs = IntStream.range(from, from + 60)
                    .mapToObj(second -> run(at(second), Result.SKIPPED_OVERLAP, null))
                    .toArray(Run[]::new);
            assertThat(advance(stored, stored.version(), List.of(), runs)).isTrue();
            stored = stored("a");
        }
        List<Run> kept = store().runs("a", 1_000);
        assertThat(kept).hasSize(ScheduleStore.MAX_RUNS);
        assertThat(kept.getFirst().due()).isEqualTo(at(179));
        assertThat(kept.getLast().due()).isEqualTo(at(80));
        assertThat(store().runs("other", 10)).hasSize(1);
        assertThat(store().delete("a")).isTrue();
        assertThat(store().runs("a", 10)).isEmpty();
        created(schedule("a", at(-1)));
        assertThat(store().runs("a", 10)).as("of the one before").isEmpty();
        assertThat(store().runs("other", 10)).hasSize(1);
    }

    @Test
    void aNameAndADefinitionHaveLimits() {
        assertThatThrownBy(() -> schedule(" ", null)).isInstanceOf(InvalidTaskException.class);
        String longest = "x".repeat(ScheduleStore.MAX_DEFINITION);
        Stored large = new Stored("l", longest, Payload.EMPTY, at(0), null, List.of(), false, null, null, null, 0);
        assertThat(created(large).definition()).isEqualTo(longest);
        assertThatThrownBy(() -> new Stored(
                        "l", longest + "x", Payload.EMPTY, at(0), null, List.of(), false, null, null, null, 0))
                .isInstanceOf(InvalidTaskException.class);
    }

    @Test
    void workersAreToldOfAScheduleThatIsStored() {
        Told told = new Told();
        intake(told, "w");
        created(schedule("a", at(60)));
        Await.until("the worker is told", () -> told.schedules.get() > 0);
        int before = told.schedules.get();
        Stored stored = stored("a");
        store().put(with(stored, at(30), List.of(), false), stored.version());
        Await.until("the worker is told of the earlier time", () -> told.schedules.get() > before);
    }

    @Test
    @Needs(Capability.SHARED)
    void workersOnOtherConnectionsAreToldToo() {
        Told told = new Told();
        Broker other = stage.open(time);
        stage.closing(other.open(spec("w", now(), LEASE, Sample.QUEUE), told));
        created(schedule("a", at(60)));
        Await.until("the worker is told", () -> told.schedules.get() > 0);
        assertThat(other.extension(ScheduleStore.class).orElseThrow().list())
                .extracting(Stored::name)
                .containsExactly("a");
    }

    @Test
    void ofManyWhoFireAtOnceOneDoes() throws Exception {
        firedByMany(List.of(broker, broker, broker, broker, broker, broker));
    }

    @Test
    @Needs(Capability.SHARED)
    void ofManyWhoFireOnConnectionsOfTheirOwnOneDoes() throws Exception {
        firedByMany(List.of(broker, stage.open(time), stage.open(time), stage.open(time)));
    }

    private void firedByMany(List<Broker> firers) throws Exception {
        int times = 60;
        created(schedule("a", at(0)));
        List<FutureTask<Integer>> all = new ArrayList<>();
        for (Broker firer : firers) {
            all.add(beside(() -> fire(firer, times)));
        }
        int fired = 0;
        for (FutureTask<Integer> one : all) {
            fired += result(one);
        }
        assertThat(fired).isEqualTo(times);
        assertThat(store().runs("a", 100)).hasSize(times);
        assertThat(ids(take(intake("w"), times)))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, times).mapToObj(i -> "fired" + i).toList());
        assertNothingToTake(intake("w2"));
    }

    /** Fires until the last time is handled; the number of the next time is in the definition. */
    private int fire(Broker firer, int times) {
        ScheduleStore schedules = firer.extension(ScheduleStore.class).orElseThrow();
        int won = 0;
        while (true) {
            Stored stored = schedules.find("a").orElseThrow();
            int time = stored.definition().startsWith("d") ? 0 : Integer.parseInt(stored.definition());
            if (time == times) {
                return won;
            }
            Stored next = new Stored(
                    "a",
                    Integer.toString(time + 1),
                    stored.payload(),
                    stored.handled(),
                    stored.due(),
                    List.of(),
                    false,
                    null,
                    null,
                    null,
                    stored.version());
            String id = "fired" + time;
            boolean first = schedules
                    .advance(
                            next,
                            stored.version(),
                            List.of(sample(id).envelope()),
                            List.of(run(at(time), Result.ENQUEUED, id)))
                    .isPresent();
            won += first ? 1 : 0;
        }
    }
}
