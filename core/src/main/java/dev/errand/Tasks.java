package dev.errand;

import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.Outcome;
import dev.errand.broker.Page;
import dev.errand.broker.TaskEdit;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.TaskRecords;
import dev.errand.broker.TaskStore;
import dev.errand.client.Codecs;
import dev.errand.client.EnvelopeFactory;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Single tasks: find, list, edit, snooze, cancel, run now, delete, await. Thread-safe. Needs a broker with a store. */
public final class Tasks {
    private final Broker broker;
    private final Codecs codecs;
    private final EnvelopeFactory envelopes;
    private final Time time;

    Tasks(Broker broker, Codecs codecs, EnvelopeFactory envelopes, Time time) {
        this.broker = broker;
        this.codecs = codecs;
        this.envelopes = envelopes;
        this.time = time;
    }

    /**
     * The task as it is now; empty if it is unknown, or ended and not kept.
     *
     * @throws CapabilityException without {@link Capability#FIND}
     */
    public Optional<TaskInfo> find(TaskId id) {
        return store(Capability.FIND).find(id);
    }

    /**
     * Tasks, newest first, in pages of at most 1,000. A call looks at a bounded number of tasks: with a filter for times or
     * errors a page may have fewer items than asked for, or none, and still a next one.
     *
     * @param cursor an earlier page's {@code next}; empty: from the newest
     * @throws InvalidTaskException if the page size is not 1 to 1,000
     * @throws CapabilityException without {@link Capability#LIST}
     */
    public Page<TaskInfo> list(TaskFilter filter, Optional<String> cursor, int limit) {
        if (limit < 1 || limit > 1000) {
            throw new InvalidTaskException("The page size " + limit + " is out of range; give 1 to 1000");
        }
        return store(Capability.LIST).list(filter, cursor, limit);
    }

    /**
     * Calls a task off. One that waits is cancelled at once; one that runs is interrupted by its worker and is cancelled when
     * its handler gives up (a handler that completes all the same completes the task).
     *
     * @param reason kept with the task, for its type's retention, at least 24 hours; cut at {@value Outcome#MAX_REASON}
     *     characters
     * @throws CapabilityException without {@link Capability#CANCEL_WAITING} and {@link Capability#CANCEL_ACTIVE}
     */
    public TaskStore.CancelAnswer cancel(TaskId id, String reason) {
        store(Capability.CANCEL_ACTIVE);
        TaskStore store = store(Capability.CANCEL_WAITING);
        Duration own =
                store.find(id).map(info -> info.envelope().policy().retention()).orElse(Duration.ZERO);
        return store.cancel(
                id,
                Outcome.reason(reason),
                own.compareTo(Defaults.CANCELLED_RETENTION) > 0 ? own : Defaults.CANCELLED_RETENTION);
    }

    /**
     * Changes a task that waits: scheduled, ready or to be retried. What the edit does not name stays; a unique key stays as it
     * is even if the payload changes. A task that is ready and changes its queue or priority goes to the end of its new line.
     *
     * @return whether it was changed: it is not if it runs, has ended or is unknown
     * @throws InvalidTaskException if the payload is too large, the time more than 366 days ahead, the timeout longer than
     *     that, or the deadline past or not after the time of the start
     * @throws CapabilityException without {@link Capability#EDIT}
     */
    public TaskStore.EditAnswer edit(TaskId id, TaskEdit edit) {
        TaskStore store = store(Capability.EDIT);
        String what = "Task " + id + ": ";
        Instant now = time.now();
        Instant due = edit.due();
        Instant deadline = edit.deadline();
        if (edit.payload() != null) {
            envelopes.checkSize(what + "the payload", edit.payload());
        }
        if (edit.timeout() != null) {
            Limits.positive("timeout", edit.timeout());
        }
        if (due != null && Duration.between(now, due).compareTo(Defaults.MAX_DELAY) > 0) {
            throw new InvalidTaskException(what + "the time " + due + " is more than " + Defaults.MAX_DELAY.toDays()
                    + " days ahead; give an earlier one");
        }
        if (deadline != null && !deadline.isAfter(now)) {
            throw new InvalidTaskException(what + "the deadline " + deadline + " has passed already (it is " + now
                    + "); give a time ahead, or cancel the task");
        }
        if (deadline != null && due != null && !deadline.isAfter(due)) {
            throw new InvalidTaskException(what + "the deadline " + deadline + " is not after the start at " + due
                    + ", so the task could never run; move one of them");
        }
        return store.edit(id, edit);
    }

    /**
     * Replaces the payload of a task that waits.
     *
     * @return whether it was changed: it is not if it runs, has ended or is unknown
     * @throws InvalidTaskException if the payload is too large, or the task of another type
     * @throws CodecException if it cannot be encoded
     * @throws CapabilityException without {@link Capability#EDIT}
     */
    public <P> TaskStore.EditAnswer edit(AnyTaskType<P> type, TaskId id, P payload) {
        Optional<TaskInfo> task = store(Capability.EDIT).find(id);
        if (task.isEmpty()) {
            return TaskStore.EditAnswer.UNKNOWN;
        }
        checkType(type, task.get());
        return edit(id, TaskEdit.NONE.withPayload(envelopes.encode(type.spec(), id, payload)));
    }

    /**
     * Postpones a task that waits; a past time makes it ready now. A handler postpones its own task by throwing
     * {@link Release}.
     *
     * @return whether it was changed: it is not if it runs, has ended or is unknown
     * @throws InvalidTaskException if the time is more than 366 days ahead
     * @throws CapabilityException without {@link Capability#EDIT}
     */
    public TaskStore.EditAnswer snooze(TaskId id, Instant until) {
        return edit(id, TaskEdit.NONE.withDue(until));
    }

    /**
     * How far the task has come, as its handler said; empty if it never did, or the task is unknown.
     *
     * @throws CapabilityException without {@link Capability#PROGRESS}
     */
    public Optional<TaskRecords.Progress> progress(TaskId id) {
        return records(Capability.PROGRESS).progress(id);
    }

    /**
     * The task's last log lines, oldest first, at most {@value TaskRecords#MAX_LINES}.
     *
     * @throws CapabilityException without {@link Capability#TASK_LOG}
     */
    public List<TaskRecords.Line> log(TaskId id) {
        return records(Capability.TASK_LOG).log(id);
    }

    /**
     * The names of the task's finished steps.
     *
     * @throws CapabilityException without {@link Capability#STEPS}
     */
    public Set<String> steps(TaskId id) {
        return new TreeSet<>(records(Capability.STEPS).stepNames(id));
    }

    private TaskRecords records(Capability needed) {
        store(needed);
        return broker.extension(TaskRecords.class)
                .orElseThrow(() ->
                        new CapabilityException("The broker " + broker.profile().name()
                                + " keeps nothing with its tasks; use a broker that does (sqlite:, memory:)"));
    }

    /**
     * Makes a scheduled or retried task ready now; false if it is in no such state.
     *
     * @throws CapabilityException without {@link Capability#RUN_NOW}
     */
    public boolean runNow(TaskId id) {
        return store(Capability.RUN_NOW).runNow(id);
    }

    /**
     * Deletes a task that does not run; false if it runs or is unknown.
     *
     * @throws CapabilityException without {@link Capability#FIND}
     */
    public boolean delete(TaskId id) {
        return store(Capability.FIND).delete(id);
    }

    /**
     * Waits until the task has ended.
     *
     * @return the task as it is then; empty if it is unknown, or ended and not kept
     * @throws AwaitTimeoutException if it has not ended within {@code max}
     * @throws CapabilityException without {@link Capability#FIND}
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public Optional<TaskInfo> awaitEnd(TaskId id, Duration max) throws InterruptedException {
        Optional<TaskInfo> info = store(Capability.FIND).awaitEnd(id, max);
        if (info.isPresent() && !info.get().state().ended()) {
            throw new AwaitTimeoutException("Task " + id + " has not ended within " + max + "; it is "
                    + info.get().state());
        }
        return info;
    }

    /**
     * Waits for a task's result.
     *
     * @throws TaskFailedException if it died, was cancelled, or is unknown or not kept any more
     * @throws CodecException if the result cannot be decoded
     * @throws CapabilityException without {@link Capability#RESULTS} and {@link Capability#FIND}
     * @throws AwaitTimeoutException if it has not ended within {@code max}
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public <P, R> R await(ReturningTaskType<P, R> type, TaskId id, Duration max) throws InterruptedException {
        store(Capability.RESULTS);
        TaskInfo info = awaitEnd(id, max)
                .orElseThrow(() -> new TaskFailedException("Task " + id + " of type " + type.name()
                        + " is unknown: it never was, was deleted, or has outlived its retention"));
        if (info.state() != TaskState.COMPLETED || info.result() == null) {
            throw new TaskFailedException(
                    "Task " + id + " of type " + type.name() + " has no result: it is " + info.state()
                            + (info.cause() == null ? "" : " (" + info.cause() + ")")
                            + (info.reason() == null ? "" : ": " + info.reason()));
        }
        return resultOf(type, info);
    }

    /**
     * Decodes a task's payload as its handler would get it.
     *
     * @throws CodecException if it cannot be decoded
     * @throws InvalidTaskException if the task is of another type
     */
    @SuppressWarnings("unchecked") // the codec answers what the declared payload type says
    public <P> P payload(AnyTaskType<P> type, TaskInfo info) {
        checkType(type, info);
        return (P) codecs.decodePayload(type.spec(), info.envelope().payload());
    }

    private static void checkType(AnyTaskType<?> type, TaskInfo info) {
        if (!info.type().equals(type.name()) && !type.spec().aliases().contains(info.type())) {
            throw new InvalidTaskException(
                    "Task " + info.id() + " is of type " + info.type() + ", not " + type.name() + "; use its own type");
        }
    }

    @SuppressWarnings("unchecked") // the codec answers what the declared result type says
    private <P, R> R resultOf(ReturningTaskType<P, R> type, TaskInfo info) {
        byte[] bytes = Objects.requireNonNull(info.result()).bytes();
        return (R) codecs.decode(type.name(), bytes, type.resultType());
    }

    private TaskStore store(Capability needed) {
        if (!broker.profile().can(needed)) {
            throw new CapabilityException("The broker " + broker.profile().name() + " has no " + needed
                    + "; use a broker with a store (sqlite:, memory:)");
        }
        return broker.extension(TaskStore.class)
                .orElseThrow(() ->
                        new CapabilityException("The broker " + broker.profile().name()
                                + " has no store of single tasks; use one that has (sqlite:, memory:)"));
    }
}
