package dev.errand.sql;

import static dev.errand.sql.Fixtures.LEASE;
import static dev.errand.sql.Fixtures.completed;
import static dev.errand.sql.Fixtures.open;
import static dev.errand.sql.Fixtures.take;
import static dev.errand.sql.Fixtures.task;
import static dev.errand.sql.Fixtures.worker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.AttemptError;
import dev.errand.DeadCause;
import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Debounce;
import dev.errand.broker.Delivery;
import dev.errand.broker.Durability;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Intake;
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Page;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.QueueStats;
import dev.errand.broker.Receipt;
import dev.errand.broker.Settled;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.TaskRecords;
import dev.errand.broker.TaskStore;
import dev.errand.broker.UniqueKey;
import dev.errand.broker.Upkeep;
import dev.errand.time.ManualTime;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is particular to the tables; the behaviours that all brokers share are the contract suite's. */
class SqlBrokerTest {
    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

    @TempDir
    Path dir;

    private final ManualTime time = new ManualTime(START);
    private final Fixtures.Told told = new Fixtures.Told();
    private SqlBroker broker;
    private TaskStore store;
    private Upkeep upkeep;
    private Intake intake;

    @BeforeEach
    void start() {
        broker = open(dir.resolve("e.db"), time, "");
        store = broker.extension(TaskStore.class).orElseThrow();
        upkeep = broker.extension(Upkeep.class).orElseThrow();
        intake = broker.open(worker("w"), told);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private Delivery takeOne() {
        return take(intake, 1).getFirst();
    }

    private Settled settle(Delivery delivery, Verdict verdict) {
        return intake.settle(List.of(new Outcome(delivery.lease(), delivery.envelope(), verdict)))
                .getFirst();
    }

    private TaskInfo find(String id) {
        return store.find(TaskId.of(id)).orElseThrow();
    }

    @Test
    void everyFieldOfAnEnvelopeComesBack() {
        byte[] bytes = new byte[5_000]; // too large for the row
        Arrays.fill(bytes, (byte) 7);
        AttemptError error = new AttemptError(START, 3, "java.lang.Error", "mess\u0000age \uD83D\uDE00", "stack", "w9");
        Envelope full = new Envelope(
                TaskId.of("id \uD83D\uDE00"),
                "type",
                new Payload(bytes, "application/octet-stream", 4),
                "q",
                -5,
                START.plusNanos(1),
                START.plusMillis(20),
                START.plusSeconds(60),
                new History(2, 1, List.of(error)),
                new Policy(
                        7,
                        Duration.ofSeconds(9),
                        Duration.ofDays(1),
                        Set.of(Policy.Field.TIMEOUT, Policy.Field.RETENTION)),
                new UniqueKey("key", Duration.ofHours(1)),
                new Debounce("dkey", START.plusSeconds(90)),
                "partition",
                TaskId.of("parent"),
                "workflow",
                Map.of("traceparent", "00-x", "empty", ""),
                Map.of("ext", "\"quoted\""));
        broker.enqueue(List.of(full));
        assertThat(find("id \uD83D\uDE00").envelope()).isEqualTo(full);
        time.advance(Duration.ofMillis(20));
        assertThat(upkeep.promote(10)).isEqualTo(new Upkeep.Due(1, Optional.empty()));
        assertThat(takeOne().envelope()).isEqualTo(full);
    }

    @Test
    void anEmptyPayloadIsNotNull() {
        broker.enqueue(List.of(Envelope.of(
                TaskId.of("e"),
                "t",
                Payload.EMPTY,
                "q",
                START,
                new Policy(1, Duration.ofSeconds(1), Duration.ZERO, Set.of()))));
        assertThat(takeOne().envelope().payload()).isEqualTo(Payload.EMPTY);
    }

    @Test
    void whatGoesWithATaskLeavesNothing() {
        broker.enqueue(List.of(Envelope.of(
                        TaskId.of("e"),
                        "t",
                        new Payload(new byte[3], "x/y", 1),
                        "q",
                        START,
                        new Policy(1, Duration.ofSeconds(1), Duration.ZERO, Set.of()))
                .withDebounce(new Debounce("key", START.plusSeconds(60)))));
        Delivery taken = takeOne();
        TaskRecords records = broker.extension(TaskRecords.class).orElseThrow();
        records.write(List.of(
                new TaskRecords.Note.StepDone(taken.lease(), "s", Payload.EMPTY),
                new TaskRecords.Note.Came(taken.lease(), new TaskRecords.Progress(1, "", START)),
                new TaskRecords.Note.Logged(taken.lease(), 0, new TaskRecords.Line(START, 1, "line"))));
        assertThat(rowsBeside()).isEqualTo(4);
        assertThat(settle(taken, new Verdict.Complete(null, Duration.ZERO))).isEqualTo(new Settled.Done());
        assertThat(rowsBeside()).isZero();
    }

    private long rowsBeside() {
        return broker.readers().read(session -> {
            try (var row = session.prepare("SELECT (SELECT count(*) FROM step) + (SELECT count(*) FROM progress)"
                            + " + (SELECT count(*) FROM task_line) + (SELECT count(*) FROM debounced)")
                    .executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    @Test
    void aCompletedTaskWithoutRetentionLeavesNothing() {
        byte[] large = new byte[9_000];
        broker.enqueue(List.of(Envelope.of(
                TaskId.of("e"),
                "t",
                new Payload(large, "x/y", 1),
                "q",
                START,
                new Policy(1, Duration.ofSeconds(1), Duration.ZERO, Set.of()))));
        assertThat(settle(takeOne(), new Verdict.Complete(null, Duration.ZERO))).isEqualTo(new Settled.Done());
        long rows = broker.readers().read(session -> {
            try (var row = session.prepare("SELECT (SELECT count(*) FROM task) + (SELECT count(*) FROM large_payload)")
                    .executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
        assertThat(rows).isZero();
    }

    @Test
    void whatIsGivenBackStandsInFrontAndIsReadySinceThen() {
        broker.enqueue(List.of(task("a"), task("b"), task("c")));
        List<Delivery> both = take(intake, 2);
        time.advance(Duration.ofSeconds(5));
        settle(both.get(1), new Verdict.Release(Duration.ZERO, "later"));
        settle(both.get(0), new Verdict.Release(Duration.ZERO, "later"));
        assertThat(find("a").ready()).isEqualTo(START.plusSeconds(5));
        QueueStats stats = broker.extension(QueueStats.class).orElseThrow();
        assertThat(stats.oldestReady("q")).contains(START);
        assertThat(take(intake, 9)).extracting(d -> d.envelope().id().value()).containsExactly("a", "b", "c");
    }

    @Test
    void aClosedWorkersTasksStandInFrontInTheirOrder() {
        broker.enqueue(List.of(task("a"), task("b"), task("c")));
        Intake other = broker.open(worker("other"), told);
        take(other, 2);
        other.close();
        assertThat(take(intake, 9)).extracting(d -> d.envelope().id().value()).containsExactly("a", "b", "c");
    }

    @Test
    void higherPriorityFirstAndTheOldestIsFoundAmongAll() {
        broker.enqueue(List.of(task("low").withPriority(-1)));
        time.advance(Duration.ofSeconds(1));
        broker.enqueue(List.of(task("a"), task("high").withPriority(9), task("b")));
        QueueStats stats = broker.extension(QueueStats.class).orElseThrow();
        assertThat(stats.oldestReady("q")).contains(START);
        assertThat(stats.counts("q")).isEqualTo(Map.of(TaskState.PENDING, 4L));
        assertThat(take(intake, 9)).extracting(d -> d.envelope().id().value()).containsExactly("high", "a", "b", "low");
        assertThat(stats.oldestReady("q")).isEmpty();
    }

    @Test
    void limitedTypesGetExactlyTheirRoom() {
        List<Envelope> tasks = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            Envelope one = task("t" + i);
            tasks.add(Envelope.of(one.id(), i % 3 == 0 ? "free" : "limited", one.payload(), "q", START, one.policy()));
        }
        broker.enqueue(tasks);
        TakeRequest request =
                new TakeRequest(List.of(new TakeRequest.Demand("q", 9)), 9, Map.of("limited", 2), Duration.ZERO);
        assertThat(intake.take(request))
                .extracting(d -> d.envelope().id().value())
                .containsExactly("t0", "t1", "t2", "t3", "t6");
        TakeRequest none =
                new TakeRequest(List.of(new TakeRequest.Demand("q", 9)), 9, Map.of("limited", 0), Duration.ZERO);
        assertThat(intake.take(none)).isEmpty();
    }

    @Test
    void aLapsedLeaseIsRecoveredAndTheOldAttemptIsStale() throws Exception {
        broker.enqueue(List.of(task("a"), task("b")));
        Delivery first = takeOne();
        time.advance(LEASE.minusMillis(1));
        assertThat(upkeep.recover(10)).isZero();
        time.advance(Duration.ofMillis(1));
        assertThat(upkeep.recover(10)).isEqualTo(1);
        assertThat(told.losses.poll(60, TimeUnit.SECONDS))
                .as("its worker is told at once")
                .isEqualTo(first.lease());
        Delivery second = takeOne();
        assertThat(second.envelope().id().value()).isEqualTo("a");
        assertThat(second.lease().token().number()).isEqualTo(2);
        assertThat(second.envelope().history().crashes()).isEqualTo(1);
        assertThat(second.envelope().history().errors().getLast().message()).isEqualTo("lease ran out");
        assertThat(settle(first, new Verdict.Complete(null, Duration.ZERO))).isEqualTo(new Settled.Stale());
        assertThat(settle(second, new Verdict.Complete(null, Duration.ZERO))).isEqualTo(new Settled.Done());
    }

    @Test
    void aUniqueKeyOutlivesItsTaskButNotItsTime() {
        Envelope one = task("a").withUnique(new UniqueKey("k", Duration.ofMinutes(1)));
        Envelope two = task("b").withUnique(new UniqueKey("k", Duration.ofMinutes(1)));
        assertThat(broker.enqueue(List.of(one, two, one)))
                .containsExactly(new Receipt.Stored(), new Receipt.Duplicate(one.id()), new Receipt.Stored());
        settle(takeOne(), new Verdict.Complete(null, Duration.ZERO));
        assertThat(broker.enqueue(List.of(two))).containsExactly(new Receipt.Duplicate(one.id()));
        time.advance(Duration.ofMinutes(1));
        assertThat(broker.enqueue(List.of(two))).containsExactly(new Receipt.Stored());
        store.cancel(two.id(), "no", Duration.ZERO);
        assertThat(broker.enqueue(List.of(one))).containsExactly(new Receipt.Stored());
    }

    @Test
    void aRedrivenTaskTakesItsKeyAgainOnlyIfItIsFree() {
        DeadLetters dead = broker.extension(DeadLetters.class).orElseThrow();
        Envelope one = task("a").withUnique(new UniqueKey("k", Duration.ZERO));
        Envelope two = task("b").withUnique(new UniqueKey("k", Duration.ZERO));
        broker.enqueue(List.of(one));
        settle(takeOne(), new Verdict.Dead(DeadCause.REFUSED, "no"));
        assertThat(broker.enqueue(List.of(two))).containsExactly(new Receipt.Stored());
        assertThat(dead.redrive(one.id())).isTrue();
        Envelope three = task("c").withUnique(new UniqueKey("k", Duration.ZERO));
        assertThat(broker.enqueue(List.of(three))).containsExactly(new Receipt.Duplicate(two.id()));
    }

    @Test
    void aCancelWishTurnsARetryIntoACancellation() throws InterruptedException {
        broker.enqueue(List.of(task("a")));
        Delivery delivery = takeOne();
        assertThat(store.cancel(TaskId.of("a"), "not needed", Duration.ofHours(1)))
                .isEqualTo(TaskStore.CancelAnswer.REQUESTED);
        assertThat(told.cancels.take()).isEqualTo(TaskId.of("a"));
        settle(delivery, new Verdict.Retry(Duration.ofSeconds(1)));
        assertThat(find("a").state()).isEqualTo(TaskState.CANCELLED);
        assertThat(find("a").reason()).isEqualTo("not needed");
        time.advance(Duration.ofHours(1));
        assertThat(upkeep.prune(new Upkeep.DeadLetterLimits(Duration.ofDays(1), 5), 10))
                .isEqualTo(new Upkeep.Pruned(1, 0));
    }

    @Test
    void moreUniqueKeysThanASliceAreForgottenInOneRound() throws Exception {
        List<Envelope> tasks = IntStream.range(0, 25)
                .mapToObj(i -> task("u" + i).withUnique(new UniqueKey("k" + i, Duration.ofMinutes(1))))
                .toList();
        broker.enqueue(tasks);
        for (int i = 0; i < 25; i++) {
            settle(takeOne(), new Verdict.Complete(null, Duration.ZERO));
        }
        time.advance(Duration.ofMinutes(2));
        upkeep.prune(new Upkeep.DeadLetterLimits(Duration.ofDays(1), 5), 10);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("e.db"));
                ResultSet row = connection.createStatement().executeQuery("SELECT count(*) FROM unique_key")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getInt(1)).isZero();
        }
    }

    @Test
    void pagesGoThroughAllStatesNewestFirst() {
        List<Envelope> tasks = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            Envelope one = task("t" + i);
            tasks.add(i % 3 == 0 ? one.withNotBefore(START.plusSeconds(9)) : one);
        }
        broker.enqueue(tasks);
        take(intake, 4).forEach(d -> settle(d, new Verdict.Dead(DeadCause.REFUSED, "no")));
        assertThat(ids(TaskFilter.ALL, 7)).hasSize(30).startsWith("t29", "t28").endsWith("t0");
        assertThat(ids(TaskFilter.ALL.in(TaskState.SCHEDULED), 3)).hasSize(10).startsWith("t27", "t24");
        assertThat(ids(TaskFilter.ALL.in(TaskState.DEAD, TaskState.SCHEDULED), 3))
                .hasSize(14);
        assertThat(ids(TaskFilter.ALL.inQueue("q").ofType("mail.confirm"), 1000))
                .hasSize(30);
        assertThat(ids(TaskFilter.ALL.inQueue("other"), 3)).isEmpty();
        assertThatThrownBy(() -> store.list(TaskFilter.ALL, Optional.of("no cursor!"), 3))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("no cursor!");
    }

    private List<String> ids(TaskFilter filter, int limit) {
        List<String> ids = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            Page<TaskInfo> page = store.list(filter, cursor, limit);
            page.items().forEach(task -> ids.add(task.id().value()));
            cursor = page.next();
        } while (cursor.isPresent());
        return ids;
    }

    @Test
    void deadLettersBeyondTheLimitGoOldestFirst() {
        broker.enqueue(List.of(task("a"), task("b"), task("c")));
        for (Delivery delivery : take(intake, 3)) {
            settle(delivery, new Verdict.Dead(DeadCause.EXHAUSTED, "no"));
            time.advance(Duration.ofMillis(1));
        }
        assertThat(upkeep.prune(new Upkeep.DeadLetterLimits(Duration.ofDays(1), 2), 10))
                .isEqualTo(new Upkeep.Pruned(0, 1));
        assertThat(store.find(TaskId.of("a"))).isEmpty();
        time.advance(Duration.ofDays(2));
        assertThat(upkeep.prune(new Upkeep.DeadLetterLimits(Duration.ofDays(1), 2), 10))
                .isEqualTo(new Upkeep.Pruned(0, 2));
    }

    @Test
    void aRowThatAnotherToolHasSpoiltIsDeliveredAsDefect() {
        broker.enqueue(List.of(task("a").withHeaders(Map.of("k", "v"))));
        broker.writer().call(1, tx -> {
            tx.session().executeOnce("UPDATE task SET headers = 'no json'");
            return true;
        });
        Delivery delivery = takeOne();
        assertThat(delivery.defect()).contains("headers");
        assertThat(settle(delivery, new Verdict.Dead(DeadCause.UNDECODABLE, "headers")))
                .isEqualTo(new Settled.Done());
    }

    @Test
    void durabilityIsWhatTheUrlSays() {
        assertThat(broker.profile().durability()).isEqualTo(Durability.OS_CRASH);
        try (SqlBroker normal = open(dir.resolve("n.db"), time, "?synchronous=normal")) {
            assertThat(normal.profile().durability()).isEqualTo(Durability.PROCESS_CRASH);
        }
    }

    @Test
    void anIdleWorkerWritesNothing() {
        broker.enqueue(List.of(task("a")));
        intake.settle(List.of(completed(takeOne())));
        assertThat(take(intake, 1)).isEmpty(); // the last take that does not look first
        long before = commits();
        assertThat(take(intake, 1)).isEmpty();
        assertThat(upkeep.recover(10)).isZero();
        assertThat(upkeep.promote(10).promoted()).isZero();
        upkeep.prune(new Upkeep.DeadLetterLimits(Duration.ofDays(1), 2), 10);
        assertThat(commits()).isEqualTo(before);
    }

    /** How many rows the writer has changed so far. */
    private long commits() {
        return broker.writer().call(1, tx -> {
            try (var row = tx.prepare("SELECT total_changes()").executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }
}
