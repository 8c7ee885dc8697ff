package dev.errand.contract.model;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Broker;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Page;
import dev.errand.broker.QueueControl;
import dev.errand.broker.QueueStats;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.TaskStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Compares all that a broker shows with what the model says. */
final class Visible {
    private static final int PAGE = 3;

    private final TaskStore store;
    private final DeadLetters dead;
    private final QueueStats stats;
    private final QueueControl control;
    private final Model model;
    /** One of these is listed after each command, in turn. */
    private final List<TaskFilter> filters = List.of(
            TaskFilter.ALL,
            TaskFilter.ALL.inQueue(Commands.QUEUES.getFirst()),
            TaskFilter.ALL.ofType("x"),
            TaskFilter.ALL.in(TaskState.PENDING, TaskState.ACTIVE),
            TaskFilter.ALL.inQueue(Commands.QUEUES.getLast()).ofType("y").in(TaskState.SCHEDULED, TaskState.DEAD));

    /** And one of these, which look inside. */
    private final List<TaskFilter> inside = List.of(
            TaskFilter.ALL.createdFrom(BrokerTrial.CREATED).createdBefore(BrokerTrial.CREATED.plusMillis(1)),
            TaskFilter.ALL.endedFrom(BrokerTrial.CREATED).errorContains("peles"),
            TaskFilter.ALL.errorContains("Oops: ou").createdBefore(Instant.MAX),
            TaskFilter.ALL.endedBefore(Instant.MAX).inQueue(Commands.QUEUES.getFirst()));

    private int turn;

    Visible(Broker broker, Model model) {
        this.store = broker.extension(TaskStore.class).orElseThrow();
        this.dead = broker.extension(DeadLetters.class).orElseThrow();
        this.stats = broker.extension(QueueStats.class).orElseThrow();
        this.control = broker.extension(QueueControl.class).orElseThrow();
        this.model = model;
    }

    void compare() {
        Commands.IDS.forEach(this::compareTask);
        compareLists(filters.get(turn % filters.size()));
        compareLists(inside.get(turn % inside.size()));
        turn++;
        Expect.same("paused", model.paused(), control.paused());
        Expect.same("queues", model.queues(), new TreeSet<>(stats.queues()));
        Commands.QUEUES.forEach(this::compareQueue);
    }

    private void compareLists(TaskFilter filter) {
        Expect.same(
                "list(" + filter + ")",
                newestFirst(model.rows().filter(row -> filter.matches(row.task, row.state, row.ended, row.reason))),
                all(filter, store::list));
        Expect.same("deadLetters.list(" + filter + ")", newestFirst(model.dead(filter)), all(filter, dead::list));
        Expect.same(
                "deadLetters.count(" + filter + ")",
                (int) model.dead(filter).limit(2).count(),
                dead.count(filter, 2));
    }

    private void compareTask(TaskId id) {
        Optional<TaskInfo> actual = store.find(id);
        Row row = model.find(id);
        if (row == null || actual.isEmpty()) {
            Expect.same("find(" + id + ")", Optional.ofNullable(row).map(r -> r.state), actual.map(TaskInfo::state));
            return;
        }
        Expect.same("find(" + id + ")", row.expected(actual.get()), actual.get());
        boolean isDead = row.state == TaskState.DEAD;
        Expect.same("deadLetters.show(" + id + ")", actual.filter(task -> isDead), dead.show(id));
    }

    private void compareQueue(String queue) {
        Map<TaskState, Long> expected = new EnumMap<>(TaskState.class);
        model.rows()
                .filter(row -> row.task.queue().equals(queue))
                .forEach(row -> expected.merge(row.state, 1L, Long::sum));
        Map<TaskState, Long> actual = new EnumMap<>(TaskState.class);
        stats.counts(queue).forEach((state, count) -> {
            if (count != 0) {
                actual.put(state, count);
            }
        });
        Expect.same("counts(" + queue + ")", expected, actual);
        Expect.same("depth(" + queue + ")", expected.getOrDefault(TaskState.PENDING, 0L), stats.depth(queue));
        Expect.same(
                "oldestReady(" + queue + ")",
                model.rows()
                        .filter(row -> row.task.queue().equals(queue) && row.state == TaskState.PENDING)
                        .map(Row::ready)
                        .min(Comparator.naturalOrder()),
                stats.oldestReady(queue));
    }

    private interface Listing {
        Page<TaskInfo> list(TaskFilter filter, Optional<String> cursor, int limit);
    }

    private static List<TaskId> all(TaskFilter filter, Listing listing) {
        List<TaskId> ids = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            Page<TaskInfo> page = listing.list(filter, cursor, PAGE);
            Expect.that(
                    page.items().size() <= PAGE,
                    "a page of " + PAGE + " has " + page.items().size() + " tasks");
            page.items().forEach(task -> ids.add(task.id()));
            cursor = page.next();
            Expect.that(ids.size() <= 1_000, "the pages never end");
        } while (cursor.isPresent());
        return ids;
    }

    private static List<TaskId> newestFirst(Stream<Row> rows) {
        return rows.map(Row::id).toList().reversed();
    }
}
