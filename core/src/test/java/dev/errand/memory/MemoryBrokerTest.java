package dev.errand.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.BrokerClosedException;
import dev.errand.ConfigurationException;
import dev.errand.DeadCause;
import dev.errand.InvalidTaskException;
import dev.errand.StorageException;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Capability;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Delivery;
import dev.errand.broker.Durability;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.QueueStats;
import dev.errand.broker.Receipt;
import dev.errand.broker.Renewal;
import dev.errand.broker.Settled;
import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.TakeRequest.Demand;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.TaskStore;
import dev.errand.broker.TaskStore.CancelAnswer;
import dev.errand.broker.UniqueKey;
import dev.errand.broker.Upkeep;
import dev.errand.broker.WorkerRegistry;
import dev.errand.broker.WorkerSpec;
import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What blocks, wakes, signals and refuses; the moves from state to state are the model tests'. */
class MemoryBrokerTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration LONG = Duration.ofHours(1);
    private static final Payload PAYLOAD = new Payload(new byte[] {1}, "application/x-test", 1);

    private final ManualTime time = new ManualTime(START);
    private final MemoryBroker broker = broker(1_000_000);

    @AfterEach
    void close() {
        broker.close();
    }

    // --- what it is

    @Test
    void promisesAllButDurabilityAndSharing() {
        assertThat(broker.profile().durability()).isEqualTo(Durability.NONE);
        assertThat(broker.profile().granularity()).isEqualTo(Duration.ofMillis(1));
        for (Capability capability : Capability.values()) {
            assertThat(broker.profile().can(capability))
                    .isEqualTo(capability != Capability.SHARED && capability != Capability.EVENT_HISTORY);
        }
        for (Class<?> port :
                List.of(TaskStore.class, DeadLetters.class, QueueStats.class, Upkeep.class, WorkerRegistry.class)) {
            assertThat(broker.extension(port)).isPresent();
        }
        assertThat(broker.extension(String.class)).isEmpty();
    }

    @Test
    void refusesMoreThanItsLimitWithTheRemedyAndTakesMoreOnceThereIsRoom() {
        MemoryBroker small = broker(2);
        List<Receipt> receipts = small.enqueue(List.of(task("a"), task("b"), task("c"), task("a")));

        assertThat(receipts.subList(0, 2)).containsOnly(new Receipt.Stored());
        assertThat(((Receipt.Refused) receipts.get(2)).why())
                .isInstanceOf(StorageException.class)
                .hasMessageContainingAll("c", "mail", "limit of 2 tasks", "max-tasks");
        assertThat(receipts.get(3)).as("a repeat needs no room").isEqualTo(new Receipt.Stored());

        assertThat(small.extension(TaskStore.class).orElseThrow().delete(TaskId.of("a")))
                .isTrue();
        assertThat(small.enqueue(List.of(task("c")))).containsExactly(new Receipt.Stored());
    }

    @Test
    void countsUniqueKeysThatOutliveTheirTasks() {
        MemoryBroker small = broker(1);
        Intake intake = small.open(spec("w"), new Heard());
        small.enqueue(List.of(task("a").withUnique(new UniqueKey("k", Duration.ofMinutes(1)))));
        settle(intake, take(intake, 1).getFirst(), new Verdict.Complete(null, Duration.ZERO));

        assertThat(small.enqueue(List.of(task("b"))).getFirst()).isInstanceOf(Receipt.Refused.class);
        time.advance(Duration.ofMinutes(1));
        assertThat(small.enqueue(List.of(task("b")))).containsExactly(new Receipt.Stored());
    }

    @Test
    void refusesQueuesWithoutEnd() {
        List<Envelope> tasks = IntStream.rangeClosed(0, Tasks.MAX_QUEUES)
                .mapToObj(i -> task("t" + i, "queue" + i))
                .toList();
        List<Receipt> receipts = broker.enqueue(tasks);
        assertThat(receipts.subList(0, Tasks.MAX_QUEUES)).containsOnly(new Receipt.Stored());
        assertThat(((Receipt.Refused) receipts.getLast()).why()).hasMessageContaining("one queue for a kind of work");
    }

    @Test
    void storesBatchesOfAnySizeInTheirOrder() {
        assertThat(broker.enqueue(List.of())).isEmpty();
        List<Envelope> tasks =
                IntStream.range(0, 2_500).mapToObj(i -> task("t" + i)).toList();
        assertThat(broker.enqueue(tasks)).hasSize(2_500).containsOnly(new Receipt.Stored());
        assertThat(take(open("w"), 5_000)).extracting(Delivery::envelope).isEqualTo(tasks);
    }

    @Test
    void answersARepeatAfterTheKeysTaskHasGoneAsADuplicateOfItself() {
        Envelope task = task("a").withUnique(new UniqueKey("k", Duration.ofMinutes(1)));
        Intake intake = open("w");
        broker.enqueue(List.of(task));
        settle(intake, take(intake, 1).getFirst(), new Verdict.Complete(null, Duration.ZERO));
        assertThat(broker.enqueue(List.of(task))).containsExactly(new Receipt.Duplicate(TaskId.of("a")));
    }

    // --- taking

    @Test
    void aBlockedTakeReturnsWhenATaskComes() throws Exception {
        Intake intake = open("w");
        Background<List<Delivery>> take = blocked(() -> intake.take(request(10, "mail")));
        broker.enqueue(List.of(task("a"), task("b")));
        assertThat(take.get()).extracting(d -> d.envelope().id().value()).containsExactly("a", "b");
        assertThat(time.pendingTimers()).as("the wait's timer is gone").isZero();
    }

    @Test
    void aBlockedTakeReturnsWhenATaskFallsDueIsGivenBackOrRecovered() throws Exception {
        Intake one = open("one");
        Intake two = open("two");
        broker.enqueue(List.of(task("a").withNotBefore(START.plusSeconds(5))));

        Background<List<Delivery>> due = blocked(() -> one.take(request(1, "mail")));
        time.advance(Duration.ofSeconds(5));
        assertThat(upkeep().promote(10)).isEqualTo(new Upkeep.Due(1, Optional.empty()));
        Delivery first = due.get().getFirst();

        Background<List<Delivery>> released = blocked(() -> two.take(request(1, "mail")));
        settle(one, first, new Verdict.Release(Duration.ZERO, "no room"));
        assertThat(released.get()).hasSize(1);

        Background<List<Delivery>> recovered = blocked(() -> one.take(request(1, "mail")));
        time.advance(Duration.ofSeconds(30));
        assertThat(upkeep().recover(10)).isEqualTo(1);
        assertThat(recovered.get().getFirst().envelope().history().crashes()).isEqualTo(1);
    }

    @Test
    void aTakeWaitsNoLongerThanAsked() throws Exception {
        Intake intake = open("w");
        Background<List<Delivery>> take =
                blocked(() -> intake.take(new TakeRequest(demands("mail"), 1, Map.of(), Duration.ofSeconds(3))));
        time.advance(Duration.ofMillis(2_999));
        assertThat(take.isDone()).isFalse();
        time.advance(Duration.ofMillis(1));
        assertThat(take.get()).isEmpty();
    }

    @Test
    void aNudgeEndsABlockedTakeAndElseTheNextOne() throws Exception {
        Intake intake = open("w");
        Background<List<Delivery>> take = blocked(() -> intake.take(request(1, "mail")));
        intake.nudge();
        assertThat(take.get()).isEmpty();

        intake.nudge();
        assertThat(intake.take(request(1, "mail"))).isEmpty();

        Background<List<Delivery>> after = blocked(() -> intake.take(request(1, "mail")));
        assertThat(after.isDone()).isFalse();
        intake.nudge();
        after.get();
    }

    @Test
    void stopTakingEndsABlockedTakeAndLeavesSettlingAlone() throws Exception {
        Intake intake = open("w");
        broker.enqueue(List.of(task("a")));
        Delivery held = take(intake, 1).getFirst();
        Background<List<Delivery>> take = blocked(() -> intake.take(request(1, "mail")));
        intake.stopTaking();
        intake.stopTaking();
        assertThat(take.get()).isEmpty();
        broker.enqueue(List.of(task("b")));
        assertThat(take(intake, 1)).isEmpty();
        assertThat(intake.renew(List.of(held.lease()))).containsExactly(Renewal.KEPT);
        assertThat(settle(intake, held, new Verdict.Complete(null, LONG))).isEqualTo(new Settled.Done());
    }

    @Test
    void anInterruptIsKeptAndCutsNothingShort() throws Exception {
        Intake intake = open("w");
        Background<Boolean> take = blocked(() -> {
            List<Delivery> taken = intake.take(request(1, "mail"));
            return taken.size() == 1 && Thread.interrupted();
        });
        take.thread.interrupt();
        broker.enqueue(List.of(task("a")));
        assertThat(take.get()).isTrue();
    }

    @Test
    void wakesOnlyAsManyTakersAsThereIsWorkForAndThoseThatCanDoIt() throws Exception {
        Intake other = open("other");
        Intake full = open("full");
        Intake one = open("one");
        Intake two = open("two");
        Background<List<Delivery>> waitsElsewhere = blocked(() -> other.take(request(1, "else")));
        Background<List<Delivery>> hasNoRoom =
                blocked(() -> full.take(new TakeRequest(demands("mail"), 1, Map.of("x", 0), LONG)));
        Background<List<Delivery>> first = blocked(() -> one.take(request(1, "mail")));
        Background<List<Delivery>> second = blocked(() -> two.take(request(1, "mail")));

        broker.enqueue(List.of(task("a")));
        assertThat(first.get()).as("the one that waits longest").hasSize(1);
        assertThat(second.isDone()).isFalse();
        broker.enqueue(List.of(task("b")));
        assertThat(second.get()).hasSize(1);
        assertThat(List.of(waitsElsewhere.isDone(), hasNoRoom.isDone())).containsOnly(false);
        other.nudge();
        full.nudge();
        waitsElsewhere.get();
        hasNoRoom.get();
    }

    @Test
    void aTakerPassesOnWhatItWasWokenForButCannotTake() throws Exception {
        Intake narrow = open("narrow");
        Intake wide = open("wide");
        // Looks as if it could take all, but has room for one of the type.
        Background<List<Delivery>> first =
                blocked(() -> narrow.take(new TakeRequest(demands("mail"), 10, Map.of("x", 1), LONG)));
        Background<List<Delivery>> second = blocked(() -> wide.take(request(10, "mail")));
        broker.enqueue(List.of(task("a"), task("b"), task("c")));
        assertThat(first.get()).hasSize(1);
        assertThat(second.get()).hasSize(2);
    }

    @Test
    void noWakeIsLostAmongManyTakers() throws Exception {
        int takers = 6;
        int tasks = 3_000;
        AtomicInteger taken = new AtomicInteger();
        List<Background<Integer>> all = new ArrayList<>();
        for (int i = 0; i < takers; i++) {
            Intake intake = open("w" + i);
            // Each looks into two of three queues, in an order of its own, and is often nudged out of its wait.
            List<Demand> demands = demands("q" + i % 3, "q" + (i + 1) % 3);
            all.add(new Background<>(() -> {
                while (taken.get() < tasks) {
                    List<Delivery> some = intake.take(new TakeRequest(demands, 2, Map.of(), LONG));
                    intake.settle(some.stream()
                            .map(d -> new Outcome(d.lease(), d.envelope(), new Verdict.Complete(null, Duration.ZERO)))
                            .toList());
                    taken.addAndGet(some.size());
                }
                return intake.hashCode();
            }));
            all.getLast().intake = intake;
        }
        for (int i = 0; i < tasks; i++) {
            broker.enqueue(List.of(task("t" + i, "q" + i % 3)));
            if (i % 7 == 0) {
                all.get(i % takers).intake.nudge();
            }
        }
        until(() -> taken.get() == tasks);
        all.forEach(taker -> taker.intake.stopTaking());
        for (Background<Integer> taker : all) {
            taker.get();
        }
    }

    @Test
    void handsOutNoMoreOfALimitedTypeThanThereIsRoomFor() {
        Envelope limited = task("a");
        broker.enqueue(List.of(
                limited,
                task("b"),
                task("c"),
                Envelope.of(TaskId.of("d"), "y", PAYLOAD, "mail", START, limited.policy())));
        List<Delivery> taken =
                open("w").take(new TakeRequest(demands("mail"), 10, Map.of("x", 2, "z", 0), Duration.ZERO));
        assertThat(taken).extracting(d -> d.envelope().id().value()).containsExactly("a", "b", "d");
    }

    // --- signals

    @Test
    void tellsTheHolderOfACancelAndAllOfAnEarlierDueTask() {
        Heard holder = new Heard();
        Heard idle = new Heard();
        Intake intake = broker.open(spec("holder"), holder);
        broker.open(spec("idle"), idle);
        broker.enqueue(List.of(task("a")));
        Delivery held = take(intake, 1).getFirst();

        assertThat(store().cancel(TaskId.of("a"), "unwanted", Duration.ZERO)).isEqualTo(CancelAnswer.REQUESTED);
        assertThat(holder.cancels).containsExactly(TaskId.of("a"));
        assertThat(idle.cancels).isEmpty();
        assertThat(intake.renew(List.of(held.lease()))).containsExactly(Renewal.CANCEL_REQUESTED);

        broker.enqueue(List.of(task("b").withNotBefore(START.plusSeconds(9))));
        broker.enqueue(List.of(task("c").withNotBefore(START.plusSeconds(10))));
        assertThat(List.of(holder.dueChanges, idle.dueChanges)).containsOnly(1);
        Delivery b = held;
        settle(intake, b, new Verdict.Retry(Duration.ofSeconds(1))); // cancelled instead
        assertThat(idle.dueChanges).isEqualTo(1);
        broker.enqueue(List.of(task("d")));
        settle(intake, take(intake, 1).getFirst(), new Verdict.Retry(Duration.ofSeconds(1)));
        assertThat(List.of(holder.dueChanges, idle.dueChanges)).containsOnly(2);
    }

    @Test
    void awaitEndWakesAtTheEndAndAnswersAtOnceForWhatIsUnknownOrEnded() throws Exception {
        Intake intake = open("w");
        broker.enqueue(List.of(task("kept"), task("gone"), task("late"), task("deleted")));
        List<Delivery> held = take(intake, 3);
        Background<Optional<TaskInfo>> kept = blocked(() -> store().awaitEnd(TaskId.of("kept"), LONG));
        Background<Optional<TaskInfo>> gone = blocked(() -> store().awaitEnd(TaskId.of("gone"), LONG));
        Background<Optional<TaskInfo>> deleted = blocked(() -> store().awaitEnd(TaskId.of("deleted"), LONG));
        Background<Optional<TaskInfo>> late = blocked(() -> store().awaitEnd(TaskId.of("late"), Duration.ofSeconds(2)));

        settle(intake, held.get(0), new Verdict.Complete(PAYLOAD, LONG));
        settle(intake, held.get(1), new Verdict.Complete(PAYLOAD, Duration.ZERO));
        store().delete(TaskId.of("deleted"));
        assertThat(kept.get().orElseThrow().result()).isEqualTo(PAYLOAD);
        assertThat(gone.get()).isEmpty();
        assertThat(deleted.get()).isEmpty();
        time.advance(Duration.ofSeconds(2));
        assertThat(late.get().orElseThrow().state()).isEqualTo(TaskState.ACTIVE);

        assertThat(store().awaitEnd(TaskId.of("unknown"), LONG)).isEmpty();
        assertThat(store().awaitEnd(TaskId.of("kept"), LONG)).isPresent();
    }

    @Test
    void awaitEndIsInterruptible() throws Exception {
        broker.enqueue(List.of(task("a")));
        Background<Optional<TaskInfo>> wait = blocked(() -> store().awaitEnd(TaskId.of("a"), LONG));
        wait.thread.interrupt();
        assertThatThrownBy(wait::get).hasCauseInstanceOf(InterruptedException.class);
    }

    // --- lists

    @Test
    void listsManyTasksInPagesWhileTheyComeAndGo() {
        broker.enqueue(IntStream.range(0, 300).mapToObj(i -> task("t" + i)).toList());
        List<TaskInfo> seen = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            var page = store().list(TaskFilter.ALL, cursor, 100);
            seen.addAll(page.items());
            cursor = page.next();
            store().delete(page.items().getLast().id());
            broker.enqueue(List.of(task("new" + seen.size())));
        } while (cursor.isPresent());
        assertThat(seen).hasSize(300).doesNotHaveDuplicates();
    }

    @Test
    void refusesBrokenCursorsAndSizesOfPages() {
        assertThatThrownBy(() -> store().list(TaskFilter.ALL, Optional.of("no number"), 10))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("no number");
        assertThatThrownBy(() -> store().list(TaskFilter.ALL, Optional.empty(), 0))
                .isInstanceOf(InvalidTaskException.class);
        assertThatThrownBy(() -> store().list(TaskFilter.ALL, Optional.empty(), 1_001))
                .isInstanceOf(InvalidTaskException.class);
    }

    @Test
    void redrivesAndPurgesTheOldestOfMany() {
        Intake intake = open("w");
        broker.enqueue(IntStream.range(0, 50).mapToObj(i -> task("t" + i)).toList());
        take(intake, 50).forEach(d -> settle(intake, d, new Verdict.Dead(DeadCause.REFUSED, "no")));
        DeadLetters dead = broker.extension(DeadLetters.class).orElseThrow();

        assertThat(dead.redriveAll(TaskFilter.ALL, 0)).isZero();
        assertThat(dead.redriveAll(TaskFilter.ALL, 2)).isEqualTo(2);
        assertThat(dead.purge(TaskFilter.ALL.inQueue("mail"), 2)).isEqualTo(2);
        assertThat(store().find(TaskId.of("t1")).orElseThrow().state()).isEqualTo(TaskState.PENDING);
        assertThat(store().find(TaskId.of("t3"))).isEmpty();
        assertThat(dead.list(TaskFilter.ALL, Optional.empty(), 1_000).items()).hasSize(46);
        assertThat(dead.show(TaskId.of("t1"))).isEmpty();
    }

    // --- workers and closing

    @Test
    void knowsItsWorkers() {
        Intake intake = open("w");
        broker.enqueue(List.of(task("a")));
        take(intake, 1);
        time.advance(Duration.ofSeconds(7));
        intake.renew(List.of());
        WorkerRegistry registry = broker.extension(WorkerRegistry.class).orElseThrow();
        assertThat(registry.workers())
                .containsExactly(new WorkerRegistry.Registered(spec("w"), START.plusSeconds(7), 1));
        assertThatThrownBy(() -> open("w"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("'w'");
        intake.close();
        assertThat(registry.workers()).isEmpty();
    }

    @Test
    void aClosingIntakeGivesBackInOrderUncountedAndIsDeafAfterwards() throws Exception {
        Intake intake = open("w");
        broker.enqueue(List.of(task("a"), task("b"), task("c")));
        List<Delivery> held = take(intake, 2);
        Background<List<Delivery>> take = blocked(() -> intake.take(request(1, "else")));
        intake.close();
        intake.close();
        assertThat(take.get()).isEmpty();
        assertThat(take(intake, 1)).isEmpty();
        assertThat(settle(intake, held.getFirst(), new Verdict.Complete(null, LONG)))
                .isEqualTo(new Settled.Stale());
        assertThat(intake.renew(List.of(held.getFirst().lease()))).containsExactly(Renewal.LOST);
        List<Delivery> again = take(open("next"), 3);
        assertThat(again).extracting(d -> d.envelope().id().value()).containsExactly("a", "b", "c");
        assertThat(again.getFirst().envelope().history().attempts()).isZero();
        assertThat(again.getFirst().lease().token().number()).isEqualTo(2);
    }

    @Test
    void closingEndsWhatIsBlockedAndRefusesAllElse() throws Exception {
        Intake intake = open("w");
        broker.enqueue(List.of(task("a", "else")));
        Background<List<Delivery>> take = blocked(() -> intake.take(request(1, "mail")));
        Background<Optional<TaskInfo>> wait = blocked(() -> store().awaitEnd(TaskId.of("a"), LONG));
        broker.close();
        broker.close();
        assertThatThrownBy(take::get).hasCauseInstanceOf(BrokerClosedException.class);
        assertThatThrownBy(wait::get).hasCauseInstanceOf(BrokerClosedException.class);
        assertThatThrownBy(() -> broker.enqueue(List.of(task("b")))).isInstanceOf(BrokerClosedException.class);
        assertThatThrownBy(() -> open("late")).isInstanceOf(BrokerClosedException.class);
        assertThatThrownBy(() -> intake.settle(List.of())).isInstanceOf(BrokerClosedException.class);
        assertThatThrownBy(() -> upkeep().promote(1)).isInstanceOf(BrokerClosedException.class);
        intake.nudge();
        intake.close();
    }

    @Test
    void delaysWithoutEndAreKeptWithinTheCalendar() {
        Intake intake = open("w");
        broker.enqueue(List.of(task("a")));
        settle(intake, take(intake, 1).getFirst(), new Verdict.Retry(Duration.ofSeconds(Long.MAX_VALUE)));
        assertThat(upkeep().promote(1).next().orElseThrow()).isAfter(START.plus(Duration.ofDays(300_000)));
    }

    // --- how

    private MemoryBroker broker(int maxTasks) {
        return new MemoryBroker(time, RandomGenerator.of("L64X128MixRandom"), maxTasks);
    }

    private TaskStore store() {
        return broker.extension(TaskStore.class).orElseThrow();
    }

    private Upkeep upkeep() {
        return broker.extension(Upkeep.class).orElseThrow();
    }

    private Intake open(String worker) {
        return broker.open(spec(worker), new Heard());
    }

    private static WorkerSpec spec(String worker) {
        return new WorkerSpec(
                worker,
                worker,
                "host",
                1,
                START,
                Map.of("mail", 1),
                false,
                8,
                Set.of("x"),
                LONG,
                Duration.ofSeconds(30));
    }

    private static Envelope task(String id) {
        return task(id, "mail");
    }

    private static Envelope task(String id, String queue) {
        Policy policy = new Policy(25, Duration.ofMinutes(30), Duration.ofMinutes(5), Set.of());
        return Envelope.of(TaskId.of(id), "x", PAYLOAD, queue, START, policy);
    }

    private static List<Demand> demands(String... queues) {
        return Arrays.stream(queues).map(queue -> new Demand(queue, 10_000)).toList();
    }

    private static TakeRequest request(int max, String... queues) {
        return new TakeRequest(demands(queues), max, Map.of(), LONG);
    }

    private static List<Delivery> take(Intake intake, int max) {
        return intake.take(new TakeRequest(demands("mail"), max, Map.of(), Duration.ZERO));
    }

    private static Settled settle(Intake intake, Delivery delivery, Verdict verdict) {
        return intake.settle(List.of(new Outcome(delivery.lease(), delivery.envelope(), verdict)))
                .getFirst();
    }

    /** Starts something that blocks, and waits until it does. */
    private <T> Background<T> blocked(Callable<T> work) {
        int before = time.pendingTimers();
        Background<T> started = new Background<>(work);
        until(() -> time.pendingTimers() > before || started.isDone());
        return started;
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited for too long").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static final class Background<T> {
        private final FutureTask<T> result;
        private final Thread thread;
        private Intake intake;

        Background(Callable<T> work) {
            result = new FutureTask<>(work);
            thread = Thread.ofVirtual().start(result);
        }

        boolean isDone() {
            return result.isDone();
        }

        T get() throws Exception {
            try {
                return result.get(20, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
    }

    private static final class Heard implements Signals {
        private final List<TaskId> cancels = new ArrayList<>();
        private int dueChanges;

        @Override
        public void lost(Lease lease) {}

        @Override
        public void cancel(TaskId task) {
            cancels.add(task);
        }

        @Override
        public void dueChanged() {
            dueChanges++;
        }
    }
}
