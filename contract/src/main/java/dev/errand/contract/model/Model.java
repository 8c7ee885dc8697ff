package dev.errand.contract.model;

import dev.errand.AttemptError;
import dev.errand.TaskId;
import dev.errand.TaskState;
import dev.errand.broker.Debounce;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Receipt;
import dev.errand.broker.Renewal;
import dev.errand.broker.Settled;
import dev.errand.broker.TakeRequest.Demand;
import dev.errand.broker.TaskEdit;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.TaskStore.CancelAnswer;
import dev.errand.broker.TaskStore.EditAnswer;
import dev.errand.broker.UniqueKey;
import dev.errand.broker.Upkeep.Pruned;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a broker with the core and the state level owes, as simply as it can be said: one list of tasks, searched from end to
 * end. Where a broker may choose (which of two tasks that became ready together goes first, which of several a bounded chore
 * does first), the model learns from the broker what it chose, and says whether it was free to.
 *
 * <p>One rule for all limits of time (due, lease, retention, time to live, age): a limit is passed as soon as it is reached.
 */
final class Model {
    private record Key(String type, String key) {}

    private record Hold(TaskId task, Instant until, boolean live) {}

    /** In the order of their enqueues. */
    private final Map<TaskId, Row> rows = new LinkedHashMap<>();

    private final Map<Key, Hold> holds = new HashMap<>();
    private final Set<String> queues = new TreeSet<>();
    private final Map<String, Instant> paused = new HashMap<>();
    private long frontRank = -1;
    private long backRank;
    private Instant now;

    Model(Instant now) {
        this.now = now;
    }

    void setNow(Instant instant) {
        now = instant;
        holds.values().removeIf(hold -> !hold.live && !hold.until.isAfter(now));
    }

    @Nullable
    Row find(TaskId id) {
        return rows.get(id);
    }

    Stream<Row> rows() {
        return rows.values().stream();
    }

    Set<String> queues() {
        return queues;
    }

    void serve(Collection<String> served) {
        queues.addAll(served);
    }

    // --- the client

    Receipt enqueue(Envelope task) {
        Row same = rows.get(task.id());
        if (same != null) {
            return task.isRepeatOf(same.task) ? new Receipt.Stored() : new Receipt.Duplicate(task.id());
        }
        Debounce debounce = task.debounce();
        if (debounce != null) {
            Row waiting = replaced(task, debounce);
            if (waiting != null) {
                return new Receipt.Replaced(waiting.id());
            }
        }
        UniqueKey unique = task.unique();
        if (unique != null) {
            Hold hold = holds.get(new Key(task.type(), unique.key()));
            if (hold != null) {
                return new Receipt.Duplicate(hold.task);
            }
            holds.put(new Key(task.type(), unique.key()), new Hold(task.id(), now.plus(unique.ttl()), true));
        }
        Row row = new Row(task, now);
        rows.put(task.id(), row);
        queues.add(task.queue());
        Instant notBefore = task.notBefore();
        if (notBefore != null && notBefore.isAfter(now)) {
            row.become(TaskState.SCHEDULED);
            row.due = notBefore;
        } else {
            makeReady(row, backRank++);
        }
        return new Receipt.Stored();
    }

    /** The task whose place this one takes or has taken before. */
    private @Nullable Row replaced(Envelope task, Debounce debounce) {
        List<Row> open = rows().filter(row -> row.waits() || row.state == TaskState.ACTIVE)
                .filter(row -> row.task.type().equals(task.type()))
                .filter(row -> row.task.debounce() != null
                        && debounce.key().equals(row.task.debounce().key()))
                .toList();
        for (Row row : open) {
            if (row.replacedBy.contains(task.id())) {
                return row;
            }
        }
        List<Row> waiting = open.stream().filter(Row::waits).toList();
        Expect.that(waiting.size() <= 1, "several wait of one debounce key: " + ids(waiting));
        if (waiting.isEmpty()) {
            return null;
        }
        Row row = waiting.getFirst();
        Envelope before = row.task;
        row.task = task.replacing(before);
        queues.add(row.task.queue());
        List<TaskId> all = new ArrayList<>(row.replacedBy);
        all.add(task.id());
        row.replacedBy = all;
        Instant due = row.task.notBefore();
        if (due != null && due.isAfter(now)) {
            row.become(row.token == null ? TaskState.SCHEDULED : TaskState.RETRY);
            row.due = due;
        } else if (row.state != TaskState.PENDING
                || !row.task.queue().equals(before.queue())
                || row.task.priority() != before.priority()) {
            makeReady(row, backRank++);
        }
        row.reason = null;
        return row;
    }

    private void waitsAgain(Row row) {
        Debounce debounce = row.task.debounce();
        if (debounce == null) {
            return;
        }
        boolean another = rows().anyMatch(other -> other != row
                && other.waits()
                && other.task.type().equals(row.task.type())
                && other.task.debounce() != null
                && debounce.key().equals(other.task.debounce().key()));
        if (another) {
            row.task = row.task.withDebounce(null);
        }
    }

    // --- the worker

    void took(Command.Take request, String worker, Duration lease, List<Delivery> deliveries) {
        Map<String, Integer> room = new HashMap<>(request.typeRoom());
        Iterator<Delivery> got = deliveries.iterator();
        int left = request.max();
        for (Demand demand : request.demands()) {
            for (int i = Math.min(demand.max(), left); i > 0; i--) {
                List<Row> first = firstReady(demand.queue(), room);
                if (first.isEmpty()) {
                    break;
                }
                Expect.that(got.hasNext(), "take gave " + deliveries.size() + " deliveries and none of " + ids(first));
                take(got.next(), first, worker, lease, room);
                left--;
            }
        }
        Expect.that(!got.hasNext(), "take gave too much: " + deliveries);
    }

    private List<Row> firstReady(String queue, Map<String, Integer> room) {
        List<Row> all = rows().filter(row -> row.state == TaskState.PENDING && !paused.containsKey(queue))
                .filter(row -> row.task.queue().equals(queue))
                .filter(row -> room.getOrDefault(row.task.type(), 1) > 0)
                .sorted(Row.READY_ORDER)
                .toList();
        return all.stream()
                .filter(row -> Row.READY_ORDER.compare(row, all.getFirst()) == 0)
                .toList();
    }

    private void take(Delivery delivery, List<Row> allowed, String worker, Duration lease, Map<String, Integer> room) {
        Row row = rows.get(delivery.envelope().id());
        Expect.that(
                row != null && allowed.contains(row),
                "take gave " + delivery.envelope().id() + " where it was the turn of " + ids(allowed));
        if (row == null) {
            return;
        }
        long number = row.token == null ? 1 : row.token.number() + 1;
        Expect.same("the taken task", row.task, delivery.envelope());
        Expect.same("the token's number", number, delivery.lease().token().number());
        Expect.same(
                "the lease",
                new Lease(row.id(), row.task.queue(), delivery.lease().token()),
                delivery.lease());
        Expect.same("the defect", null, delivery.defect());
        row.become(TaskState.ACTIVE);
        row.token = delivery.lease().token();
        row.worker = worker;
        row.started = now;
        row.lease = lease;
        row.leaseUntil = now.plus(lease);
        room.computeIfPresent(row.task.type(), (type, count) -> count - 1);
    }

    Settled settle(Outcome outcome) {
        Row row = rows.get(outcome.lease().task());
        if (row == null || !row.isHeldBy(outcome.lease().token())) {
            return new Settled.Stale();
        }
        row.task = row.task.withHistory(outcome.envelope().history());
        switch (outcome.verdict()) {
            case Verdict.Complete done -> {
                endHold(row);
                if (done.retention().isZero()) {
                    rows.remove(row.id());
                } else {
                    row.become(TaskState.COMPLETED);
                    row.ended = now;
                    row.result = done.result();
                    row.keptUntil = now.plus(done.retention());
                }
            }
            case Verdict.Dead dead -> {
                endHold(row);
                row.become(TaskState.DEAD);
                row.ended = now;
                row.cause = dead.cause();
                row.reason = dead.reason();
            }
            case Verdict.Cancel cancel -> {
                if (row.cancelRequested) {
                    cancel(row, row.cancelReason, row.cancelRetention);
                } else {
                    cancel(row, cancel.reason(), cancel.retention());
                }
            }
            case Verdict.Retry retry -> comeBack(row, retry.delay(), backRank++, null);
            case Verdict.Release release -> comeBack(row, release.delay(), frontRank--, release.reason());
        }
        return new Settled.Done();
    }

    private void comeBack(Row row, Duration delay, long rank, @Nullable String reason) {
        if (row.cancelRequested) {
            cancel(row, row.cancelReason, row.cancelRetention);
            return;
        }
        waitsAgain(row);
        if (delay.isZero()) {
            makeReady(row, rank);
            row.reason = reason;
        } else {
            row.become(TaskState.RETRY);
            row.due = now.plus(delay);
            row.reason = reason;
        }
    }

    Renewal renew(Lease lease) {
        Row row = rows.get(lease.task());
        if (row == null || !row.isHeldBy(lease.token())) {
            return Renewal.LOST;
        }
        row.leaseUntil = now.plus(row.lease);
        return row.cancelRequested ? Renewal.CANCEL_REQUESTED : Renewal.KEPT;
    }

    /**
     * The worker's intake closes: all that it holds comes back, in an order that is the broker's to choose.
     *
     * @param debounced whether the broker shows a task as debounced: of several of one key, the first to come back is
     */
    void left(String worker, Predicate<Row> debounced) {
        long rank = frontRank--;
        debouncedFirst(running(worker), debounced).forEach(row -> comeBack(row, Duration.ZERO, rank, null));
    }

    private static List<Row> debouncedFirst(List<Row> rows, Predicate<Row> debounced) {
        return rows.stream()
                .sorted(Comparator.comparing(row -> !debounced.test(row)))
                .toList();
    }

    List<Row> running(String worker) {
        return rows().filter(row -> worker.equals(row.worker)).toList();
    }

    // --- people

    CancelAnswer cancel(TaskId id, String reason, Duration retention) {
        Row row = rows.get(id);
        if (row == null) {
            return CancelAnswer.UNKNOWN;
        } else if (row.state.ended()) {
            return CancelAnswer.ENDED;
        }
        Duration keep = retention.isZero() ? row.task.policy().retention() : retention;
        if (row.state == TaskState.ACTIVE) {
            row.cancelRequested = true;
            row.cancelReason = reason;
            row.cancelRetention = keep;
            return CancelAnswer.REQUESTED;
        }
        cancel(row, reason, keep);
        return CancelAnswer.CANCELLED;
    }

    EditAnswer edit(TaskId id, TaskEdit edit) {
        Row row = rows.get(id);
        if (row == null) {
            return EditAnswer.UNKNOWN;
        }
        if (!row.waits()) {
            return EditAnswer.NOT_WAITING;
        }
        Envelope before = row.task;
        row.task = edit.applyTo(before);
        queues.add(row.task.queue());
        Instant due = edit.due() == null ? row.due : edit.due();
        boolean moves = !row.task.queue().equals(before.queue()) || row.task.priority() != before.priority();
        if (due != null && (due.isAfter(now) || edit.due() == null)) {
            String reason = row.reason;
            row.become(row.token == null ? TaskState.SCHEDULED : TaskState.RETRY);
            row.due = due;
            row.reason = reason;
        } else if (row.state != TaskState.PENDING || moves) {
            makeReady(row, backRank++);
        }
        return EditAnswer.EDITED;
    }

    boolean pause(String queue) {
        queues.add(queue);
        return paused.putIfAbsent(queue, now) == null;
    }

    boolean resume(String queue) {
        return paused.remove(queue) != null;
    }

    Map<String, Instant> paused() {
        return paused;
    }

    boolean delete(TaskId id) {
        Row row = rows.get(id);
        if (row == null || row.state == TaskState.ACTIVE) {
            return false;
        }
        delete(row);
        return true;
    }

    boolean runNow(TaskId id) {
        Row row = rows.get(id);
        if (row == null || row.due == null) {
            return false;
        }
        makeReady(row, backRank++);
        return true;
    }

    boolean redrive(TaskId id) {
        Row row = rows.get(id);
        if (row == null || row.state != TaskState.DEAD) {
            return false;
        }
        redrive(row);
        return true;
    }

    boolean deleteDead(TaskId id) {
        Row row = rows.get(id);
        return row != null && row.state == TaskState.DEAD && delete(id);
    }

    int redriveAll(TaskFilter filter, int max) {
        List<Row> some = dead(filter).limit(max).toList();
        some.forEach(this::redrive);
        return some.size();
    }

    int purge(TaskFilter filter, int max) {
        List<Row> some = dead(filter).limit(max).toList();
        some.forEach(this::delete);
        return some.size();
    }

    Stream<Row> dead(TaskFilter filter) {
        TaskFilter deadOnes = filter.in(TaskState.DEAD);
        return rows().filter(row -> deadOnes.matches(row.task, row.state, row.ended, row.reason));
    }

    // --- chores

    /**
     * Which tasks became ready.
     *
     * @param changed whether the broker shows that a task did
     */
    int promoted(int max, Predicate<Row> changed) {
        List<Row> due = rows().filter(row -> row.isDue(now))
                .sorted(Comparator.comparing(Row::due))
                .toList();
        List<Row> chosen = due.stream().filter(changed).toList();
        Expect.same("the number of tasks promoted, of those due " + ids(due), Math.min(max, due.size()), chosen.size());
        for (int i = 0; i < chosen.size(); i++) {
            Expect.same(
                    "the due time of promoted task " + i,
                    due.get(i).due(),
                    chosen.get(i).due());
        }
        Instant last = Instant.MIN;
        for (Row row : chosen) {
            // Those of one instant may go in any order.
            long rank = row.due().equals(last) ? backRank - 1 : backRank++;
            last = row.due();
            makeReady(row, rank);
        }
        return chosen.size();
    }

    /** Which tasks were taken back from their workers, in an order that is the broker's to choose. */
    int recovered(int max, Predicate<Row> changed, Predicate<Row> debounced) {
        List<Row> lapsed = rows().filter(row -> row.isLapsed(now)).toList();
        List<Row> chosen = lapsed.stream().filter(changed).toList();
        Expect.same("the number of tasks recovered, of " + ids(lapsed), Math.min(max, lapsed.size()), chosen.size());
        long rank = frontRank--;
        for (Row row : debouncedFirst(chosen, debounced)) {
            var history = row.task.history();
            String worker = row.worker == null ? "" : row.worker;
            row.task = row.task.withHistory(
                    history.crashed(AttemptError.crash(worker, "lease ran out", now, history.attempts() + 1)));
            comeBack(row, Duration.ZERO, rank, null);
        }
        return chosen.size();
    }

    /** Which tasks were deleted. */
    Pruned pruned(Command.Prune command, Predicate<Row> gone) {
        List<Row> must = new ArrayList<>();
        List<Row> may = new ArrayList<>();
        for (String queue : queues) {
            List<Row> dead = inState(queue, TaskState.DEAD);
            addOldest(dead, dead.size() - command.perQueue(), must, may);
            dead.removeIf(row -> row.ended().plus(command.age()).isAfter(now));
            must.addAll(dead);
            for (TaskState state : List.of(TaskState.COMPLETED, TaskState.CANCELLED)) {
                must.addAll(inState(queue, state).stream()
                        .filter(row -> row.isOver(now))
                        .toList());
            }
            List<Row> cancelled = inState(queue, TaskState.CANCELLED);
            // Whether those whose retention is over count towards the limit is the broker's to choose.
            addOldest(cancelled, cancelled.size() - command.perQueue(), new ArrayList<>(), may);
            cancelled.removeIf(row -> row.isOver(now));
            addOldest(cancelled, cancelled.size() - command.perQueue(), must, may);
        }
        List<Row> chosen = rows().filter(gone).toList();
        List<Row> kept = must.stream().filter(row -> !chosen.contains(row)).toList();
        may.addAll(must);
        Expect.that(may.containsAll(chosen), "prune deleted " + ids(chosen) + ", but may delete only " + ids(may));
        Expect.that(chosen.size() <= command.max(), "prune deleted " + ids(chosen) + ", more than " + command.max());
        Expect.that(
                kept.isEmpty() || chosen.size() == command.max(),
                "prune deleted only " + ids(chosen) + ", but has to delete " + ids(kept) + " too");
        int dead = 0;
        for (Row row : chosen) {
            if (row.state == TaskState.COMPLETED) {
                rows.remove(row.id()); // its key stays, for what is left of the time to live
            } else {
                dead += row.state == TaskState.DEAD ? 1 : 0;
                delete(row);
            }
        }
        return new Pruned(chosen.size() - dead, dead);
    }

    /** The {@code count} that ended first; those that ended together with the last of them may go in its stead. */
    private static void addOldest(List<Row> all, int count, List<Row> must, List<Row> may) {
        if (count <= 0) {
            return;
        }
        List<Row> oldest = all.stream().sorted(Comparator.comparing(Row::ended)).toList();
        Instant last = oldest.get(count - 1).ended();
        boolean allOfLast = count == oldest.size() || oldest.get(count).ended().isAfter(last);
        for (Row row : oldest) {
            if (row.ended().isBefore(last) || (allOfLast && row.ended().equals(last))) {
                must.add(row);
            } else if (row.ended().equals(last)) {
                may.add(row);
            }
        }
    }

    private List<Row> inState(String queue, TaskState state) {
        return new ArrayList<>(rows().filter(row -> row.task.queue().equals(queue) && row.state == state)
                .toList());
    }

    // --- moves

    private void makeReady(Row row, long rank) {
        row.become(TaskState.PENDING);
        row.ready = now;
        row.rank = rank;
    }

    private void redrive(Row row) {
        waitsAgain(row);
        makeReady(row, backRank++);
        Instant deadline = row.task.deadline();
        Envelope task = row.task.withHistory(row.task.history().redriven());
        row.task = deadline != null && !deadline.isAfter(now) ? task.withDeadline(null) : task;
        UniqueKey unique = task.unique();
        if (unique != null) {
            Key key = new Key(task.type(), unique.key());
            Hold hold = holds.get(key);
            if (hold == null || hold.task.equals(row.id())) {
                holds.put(key, new Hold(row.id(), row.stored.plus(unique.ttl()), true));
            }
        }
    }

    private void cancel(Row row, String reason, Duration retention) {
        if (retention.isZero()) {
            delete(row);
            return;
        }
        freeHold(row);
        row.become(TaskState.CANCELLED);
        row.ended = now;
        row.reason = reason;
        row.keptUntil = now.plus(retention);
    }

    private void delete(Row row) {
        freeHold(row);
        rows.remove(row.id());
    }

    private void freeHold(Row row) {
        holds.entrySet().removeIf(hold -> isOf(row, hold.getKey(), hold.getValue()));
    }

    /** From now on only the time to live holds the key. */
    private void endHold(Row row) {
        holds.replaceAll((key, hold) -> isOf(row, key, hold) ? new Hold(hold.task, hold.until, false) : hold);
        setNow(now);
    }

    private static boolean isOf(Row row, Key key, Hold hold) {
        UniqueKey unique = row.task.unique();
        return unique != null && hold.task.equals(row.id()) && key.equals(new Key(row.task.type(), unique.key()));
    }

    private static List<TaskId> ids(List<Row> some) {
        return some.stream().map(Row::id).toList();
    }
}
