package dev.errand.memory;

import dev.errand.DeadCause;
import dev.errand.StorageException;
import dev.errand.TaskId;
import dev.errand.TaskState;
import dev.errand.broker.AttemptToken;
import dev.errand.broker.Debounce;
import dev.errand.broker.Envelope;
import dev.errand.broker.Payload;
import dev.errand.broker.Receipt;
import dev.errand.broker.TaskEdit;
import dev.errand.broker.UniqueKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All tasks, and every move from state to state: each move takes the task out of the order that its old state kept it in and
 * puts it into the new one's. Only ever touched under the broker's lock ({@link Room}).
 *
 * <pre>
 *            enqueue                    take                settle
 *   SCHEDULED ──due──▶ PENDING ◀──────────────▶ ACTIVE ──▶ COMPLETED, DEAD, CANCELLED, or gone
 *                         ▲  ▲   released, lapsed  │                   │
 *                        due └──────── redriven ───┼───────────── DEAD ┘
 *                         └──────── RETRY ◀────────┘
 * </pre>
 */
final class Tasks {
    /** More names of queues than this are a mistake: a queue is for a kind of work, not for a task. */
    static final int MAX_QUEUES = 10_000;

    /** What stands for ever after: far enough for any delay, and within what an instant can hold. */
    private static final Duration LONGEST = Duration.ofDays(365_000);

    private static final Receipt STORED = new Receipt.Stored();

    final Seats seats = new Seats();
    final Roll roll = new Roll();
    final DueLine dueLine = new DueLine();
    final Watchers watchers = new Watchers();
    private final Kept kept = new Kept();
    private final Keys keys = new Keys();
    private final Debounces debounces = new Debounces();
    private final Map<TaskId, Entry> byId = new HashMap<>();
    private final Map<String, QueueLine> queues = new HashMap<>();
    private final List<QueueLine> stirred = new ArrayList<>();
    private final int maxTasks;
    private Instant now = Instant.EPOCH;

    Tasks(int maxTasks) {
        this.maxTasks = maxTasks;
    }

    /** A locked section begins: it all happens at one instant. */
    void begin(Instant instant) {
        now = instant;
        keys.expire(now);
    }

    /** A locked section ends: wakes whom its moves concern. */
    void end() {
        for (QueueLine line : stirred) {
            line.stirred = false;
            seats.wake(line);
        }
        stirred.clear();
    }

    Instant now() {
        return now;
    }

    /** {@code span} from now, rounded up to milliseconds so that nothing is ever early. */
    Instant after(Duration span) {
        Duration wait = span.isNegative() ? Duration.ZERO : span.compareTo(LONGEST) > 0 ? LONGEST : span;
        Instant exact = now.plus(wait);
        Instant floor = exact.truncatedTo(ChronoUnit.MILLIS);
        return floor.equals(exact) ? floor : floor.plusMillis(1);
    }

    @Nullable
    Entry find(TaskId id) {
        return byId.get(id);
    }

    @Nullable
    QueueLine queue(String name) {
        return queues.get(name);
    }

    /** A queue that a task is to go into; null if there are too many. */
    private @Nullable QueueLine room(String queue) {
        QueueLine line = queues.get(queue);
        if (line == null && queues.size() < MAX_QUEUES) {
            line = new QueueLine(queue);
            queues.put(queue, line);
        }
        return line;
    }

    Collection<QueueLine> queues() {
        return Collections.unmodifiableCollection(queues.values());
    }

    /** A worker serves this queue: it exists from now on. */
    QueueLine serve(String queue) {
        return queues.computeIfAbsent(queue, QueueLine::new);
    }

    /** Forgets a queue, unless it holds something or a worker serves it. */
    void dropQueue(String name) {
        QueueLine line = queues.get(name);
        if (line != null && line.counts().isEmpty()) {
            boolean served =
                    seats.all().stream().anyMatch(seat -> seat.spec.queues().containsKey(name));
            if (!served) {
                queues.remove(name);
            }
        }
    }

    // --- in

    Receipt enqueue(Envelope task) {
        Entry same = byId.get(task.id());
        if (same != null) {
            return task.isRepeatOf(same.envelope) ? STORED : new Receipt.Duplicate(same.id());
        }
        UniqueKey unique = task.unique();
        if (unique != null) {
            Optional<TaskId> holder = keys.holder(task.type(), unique);
            if (holder.isPresent()) {
                return new Receipt.Duplicate(holder.get());
            }
        }
        Debounce debounce = task.debounce();
        if (debounce != null) {
            Receipt replaced = replace(task, debounce);
            if (replaced != null) {
                return replaced;
            }
        }
        boolean full = byId.size() + keys.orphans() >= maxTasks;
        QueueLine line = full ? null : room(task.queue());
        if (line == null) {
            return new Receipt.Refused(full(task));
        }
        Entry entry = new Entry(roll.nextSequence(), now, line, task);
        byId.put(task.id(), entry);
        roll.add(entry);
        if (unique != null) {
            entry.hold = keys.take(task.type(), unique, task.id(), after(unique.ttl()));
        }
        Instant notBefore = task.notBefore();
        if (notBefore != null && notBefore.isAfter(now)) {
            enterDue(entry, TaskState.SCHEDULED, notBefore);
        } else {
            enterReady(entry, false);
        }
        return STORED;
    }

    /** Puts a debounced task into the place of the one that waits; null if none does. */
    private @Nullable Receipt replace(Envelope task, Debounce debounce) {
        TaskId before = debounces.replacedBy(task, debounce);
        if (before != null) {
            return new Receipt.Replaced(before);
        }
        Entry waiting = debounces.waiting(task, debounce);
        if (waiting == null) {
            return null;
        }
        if (room(task.queue()) == null) {
            return new Receipt.Refused(full(task));
        }
        Envelope next = task.replacing(waiting.envelope);
        Instant due = next.notBefore();
        change(waiting, next, due != null && due.isAfter(now) ? due : null);
        waiting.reason = null;
        waiting.records = null;
        Debounces.remember(waiting, task.id());
        return new Receipt.Replaced(waiting.id());
    }

    private StorageException full(Envelope task) {
        String what = "The task " + task.id() + " of type " + task.type() + " for queue " + task.queue()
                + " was not stored: the in-memory broker ";
        return new StorageException(
                byId.size() + keys.orphans() >= maxTasks
                        ? what + "holds its limit of " + maxTasks
                                + " tasks; add workers, raise the limit (memory:?max-tasks="
                                + "…), or use a broker that stores on disk, such as sqlite:errand.db"
                        : what + "has " + MAX_QUEUES + " queues already; use one queue for a kind of work");
    }

    // --- waiting

    /** Ready, at the end of its line or before all others of its priority. */
    void makeReady(Entry entry, boolean first) {
        leave(entry);
        enterReady(entry, first);
    }

    /** To be tried again later, at once if there is no delay. */
    void retry(Entry entry, Duration delay, boolean first, @Nullable String reason) {
        if (delay.isPositive()) {
            leave(entry);
            enterDue(entry, TaskState.RETRY, after(delay));
        } else {
            makeReady(entry, first);
        }
        entry.reason = reason;
    }

    /** Changes a task that waits. */
    void edit(Entry entry, TaskEdit edit) {
        Instant due = edit.due() == null ? entry.due : edit.due().isAfter(now) ? edit.due() : null;
        change(entry, edit.applyTo(entry.envelope), due);
    }

    /** Puts another envelope into the place of one that waits; {@code due} null: it is ready. */
    private void change(Entry entry, Envelope next, @Nullable Instant due) {
        QueueLine line = room(next.queue());
        if (line == null) {
            throw new StorageException("The task " + entry.id() + " was not moved to the queue " + next.queue()
                    + ": the in-memory broker has " + MAX_QUEUES
                    + " queues already; use one queue for a kind of work");
        }
        TaskState state = entry.state;
        boolean moves = entry.line != line || next.priority() != entry.envelope.priority();
        if (due == null && state == TaskState.PENDING && !moves) {
            entry.envelope = next;
            return;
        }
        String reason = entry.reason;
        leave(entry);
        entry.line = line;
        entry.envelope = next;
        if (due == null) {
            enterReady(entry, false);
        } else {
            enterDue(entry, entry.token == null ? TaskState.SCHEDULED : TaskState.RETRY, due);
            entry.reason = reason;
        }
    }

    /** A dead letter starts again. */
    void redrive(Entry entry) {
        makeReady(entry, false);
        Envelope task = entry.envelope.withHistory(entry.envelope.history().redriven());
        Instant deadline = task.deadline();
        entry.envelope = deadline == null || deadline.isAfter(now) ? task : task.withDeadline(null);
        UniqueKey unique = task.unique();
        if (unique == null || keys.revived(entry.hold)) {
            return;
        }
        entry.hold = keys.holder(task.type(), unique).isPresent()
                ? null // another task has taken it over; this one runs without
                : keys.take(task.type(), unique, task.id(), entry.stored.plus(spanOf(unique)));
    }

    private static Duration spanOf(UniqueKey unique) {
        return unique.ttl().compareTo(LONGEST) > 0 ? LONGEST : unique.ttl();
    }

    // --- running

    /** Leases the next ready task of a queue to a worker, as that task's next attempt; null if there is none. */
    @Nullable
    Entry leaseNext(QueueLine line, Set<String> excludedTypes, Seat seat, long nonce) {
        Entry entry = line.ready.poll(excludedTypes);
        if (entry == null) {
            return null;
        }
        line.count(TaskState.PENDING, -1);
        enter(entry, TaskState.ACTIVE);
        AttemptToken last = entry.token;
        entry.token = new AttemptToken(last == null ? 1 : last.number() + 1, nonce);
        entry.readyBefore = entry.ready;
        entry.ready = null;
        entry.reason = null;
        entry.started = now;
        entry.holder = seat;
        entry.leaseUntil = after(seat.spec.lease());
        seat.leases.addLast(entry);
        return entry;
    }

    void renew(Entry entry) {
        Seat seat = holderOf(entry);
        seat.leases.remove(entry);
        entry.leaseUntil = after(seat.spec.lease());
        seat.leases.addLast(entry);
    }

    /**
     * Whether somebody asked for the task's cancellation; it is then cancelled, instead of what the caller was about to do.
     */
    boolean cancelledOnRequest(Entry entry) {
        Entry.CancelRequest request = entry.cancelRequest;
        if (request == null) {
            return false;
        }
        cancel(entry, request.reason(), request.retention());
        return true;
    }

    // --- ended

    void complete(Entry entry, @Nullable Payload result, Duration retention) {
        if (entry.hold != null) {
            keys.ended(entry.hold, now);
        }
        if (!retention.isPositive()) {
            drop(entry);
            return;
        }
        leave(entry);
        enter(entry, TaskState.COMPLETED);
        entry.result = result;
        entry.ended = now;
        entry.keptUntil = after(retention);
        kept.add(entry);
        watchers.tell(entry.id());
    }

    void kill(Entry entry, DeadCause cause, String reason) {
        if (entry.hold != null) {
            keys.ended(entry.hold, now);
        }
        leave(entry);
        enter(entry, TaskState.DEAD);
        entry.cause = cause;
        entry.reason = reason;
        entry.ended = now;
        entry.line.dead.addLast(entry);
        watchers.tell(entry.id());
    }

    /** Calls it off; without a retention it is deleted. */
    void cancel(Entry entry, String reason, Duration retention) {
        if (!retention.isPositive()) {
            delete(entry);
            return;
        }
        freeKey(entry);
        leave(entry);
        enter(entry, TaskState.CANCELLED);
        entry.reason = reason;
        entry.ended = now;
        entry.keptUntil = after(retention);
        kept.add(entry);
        entry.line.cancelled.addLast(entry);
        watchers.tell(entry.id());
    }

    /** Deletes it and frees its key. */
    void delete(Entry entry) {
        freeKey(entry);
        drop(entry);
    }

    /** Deletes it; what is left of its key's time to live stands. */
    void drop(Entry entry) {
        leave(entry);
        byId.remove(entry.id());
        roll.remove(entry);
        if (entry.envelope.debounce() != null) {
            debounces.ended(entry, entry.envelope.debounce());
        }
        if (entry.hold != null) {
            keys.orphaned(entry.hold);
        }
        watchers.tell(entry.id());
    }

    /** A completed or cancelled task whose retention is over; null if there is none. */
    @Nullable
    Entry firstOver() {
        return kept.firstOver(now);
    }

    private void freeKey(Entry entry) {
        if (entry.hold != null) {
            keys.free(entry.hold);
            entry.hold = null;
        }
    }

    /** The broker closes: everyone who waits looks again. */
    void wakeAll() {
        seats.all().forEach(seat -> seat.wake.raise());
        watchers.tellAll();
    }

    // --- out of one order and into another

    private void enterReady(Entry entry, boolean first) {
        enter(entry, TaskState.PENDING);
        entry.ready = now;
        if (first) {
            entry.line.ready.addFirst(entry);
        } else {
            entry.line.ready.addLast(entry);
        }
        stir(entry.line);
    }

    /** Something of the queue is there to be taken: at the end of the section, wake who waits for it. */
    void stir(QueueLine line) {
        if (!line.stirred && seats.anyWaiting()) {
            line.stirred = true;
            stirred.add(line);
        }
    }

    private void enterDue(Entry entry, TaskState state, Instant due) {
        enter(entry, state);
        entry.due = due;
        dueLine.add(entry);
    }

    private void enter(Entry entry, TaskState state) {
        entry.state = state;
        entry.line.count(state, 1);
        Debounce debounce = entry.envelope.debounce();
        if (debounce == null || state == TaskState.ACTIVE) {
            return;
        }
        if (state.ended()) {
            debounces.ended(entry, debounce);
        } else {
            debounces.waits(entry, debounce);
        }
    }

    private void leave(Entry entry) {
        QueueLine line = entry.line;
        line.count(entry.state, -1);
        switch (entry.state) {
            case PENDING -> line.ready.remove(entry);
            case SCHEDULED, RETRY -> dueLine.remove(entry);
            case ACTIVE -> holderOf(entry).leases.remove(entry);
            case COMPLETED -> kept.remove(entry);
            case CANCELLED -> {
                kept.remove(entry);
                line.cancelled.remove(entry);
            }
            case DEAD -> line.dead.remove(entry);
            case WAITING -> throw new IllegalStateException(entry.id() + " waits, which nothing makes it do");
        }
        entry.due = null;
        entry.ready = null;
        entry.ended = null;
        entry.keptUntil = null;
        entry.leaseUntil = null;
        entry.holder = null;
        entry.cancelRequest = null;
        entry.cause = null;
        entry.reason = null;
    }

    private static Seat holderOf(Entry entry) {
        Seat seat = entry.holder;
        if (seat == null) {
            throw new IllegalStateException(entry.id() + " is held by nobody");
        }
        return seat;
    }
}
