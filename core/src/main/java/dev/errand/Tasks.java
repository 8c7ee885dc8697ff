package dev.errand;

import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.Page;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.TaskStore;
import dev.errand.client.Codecs;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** Single tasks: find, list, cancel, run now, delete, await. Thread-safe. Needs a broker with a store. */
public final class Tasks {
    private final Broker broker;
    private final Codecs codecs;

    Tasks(Broker broker, Codecs codecs) {
        this.broker = broker;
        this.codecs = codecs;
    }

    /** The task as it is now; empty if it is unknown, or ended and not kept. */
    public Optional<TaskInfo> find(TaskId id) {
        return store(Capability.FIND).find(id);
    }

    /**
     * Tasks, newest first, in pages of at most 1,000.
     *
     * @param cursor an earlier page's {@code next}; empty: from the newest
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
     * @param reason kept with the task, for its type's retention, at least 24 hours
     */
    public TaskStore.CancelAnswer cancel(TaskId id, String reason) {
        store(Capability.CANCEL_ACTIVE);
        TaskStore store = store(Capability.CANCEL_WAITING);
        Duration own =
                store.find(id).map(info -> info.envelope().policy().retention()).orElse(Duration.ZERO);
        return store.cancel(
                id, reason, own.compareTo(Defaults.CANCELLED_RETENTION) > 0 ? own : Defaults.CANCELLED_RETENTION);
    }

    /** Makes a scheduled or retried task ready now; false if it is in no such state. */
    public boolean runNow(TaskId id) {
        return store(Capability.RUN_NOW).runNow(id);
    }

    /** Deletes a task that does not run; false if it runs or is unknown. */
    public boolean delete(TaskId id) {
        return store(Capability.FIND).delete(id);
    }

    /**
     * Waits until the task has ended.
     *
     * @return the task as it is then; empty if it is unknown, or ended and not kept
     * @throws AwaitTimeoutException if it has not ended within {@code max}
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
        if (!info.type().equals(type.name()) && !type.spec().aliases().contains(info.type())) {
            throw new InvalidTaskException("Task " + info.id() + " is of type " + info.type() + ", not " + type.name()
                    + "; decode it with its own type");
        }
        return (P) codecs.decodePayload(type.spec(), info.envelope().payload());
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
                .orElseThrow(() -> new CapabilityException(
                        "The broker " + broker.profile().name() + " has no store of single tasks"));
    }
}
