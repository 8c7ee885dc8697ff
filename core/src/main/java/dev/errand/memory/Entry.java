package dev.errand.memory;

import dev.errand.DeadCause;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.AttemptToken;
import dev.errand.broker.Envelope;
import dev.errand.broker.Payload;
import dev.errand.broker.TaskFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One task in the store. Mutable, and only ever touched under the broker's lock. */
final class Entry {
    /** What somebody who wants a running task cancelled has left with it. */
    record CancelRequest(String reason, Duration retention) {}

    /** The order of the enqueues, for listing. */
    final long sequence;
    /** When the broker stored it; the time to live of its unique key counts from here. */
    final Instant stored;

    QueueLine line;
    Envelope envelope;
    TaskState state = TaskState.PENDING;

    @Nullable
    Instant due;

    @Nullable
    Instant ready;
    /** Until its take: since when it was ready. */
    @Nullable
    Instant readyBefore;

    @Nullable
    Instant started;

    @Nullable
    Instant ended;

    @Nullable
    Instant keptUntil;

    @Nullable
    Instant leaseUntil;

    @Nullable
    Seat holder;

    @Nullable
    AttemptToken token;

    @Nullable
    CancelRequest cancelRequest;

    @Nullable
    DeadCause cause;

    @Nullable
    String reason;

    @Nullable
    Payload result;

    Keys.@Nullable Hold hold;

    /** What its attempts have kept; null: nothing. */
    @Nullable
    Records records;

    /** The latest enqueues that have replaced it. */
    List<TaskId> replacedBy = List.of();

    /** Its place in its chain; the chain's own business. */
    @Nullable
    Chain chain;

    @Nullable
    Entry before;

    @Nullable
    Entry after;
    /** Its place in the ready line, and in the due line among those of the same instant. */
    long order;

    Entry(long sequence, Instant stored, QueueLine line, Envelope envelope) {
        this.sequence = sequence;
        this.stored = stored;
        this.line = line;
        this.envelope = envelope;
    }

    TaskId id() {
        return envelope.id();
    }

    /** Whether it waits for its time or for a worker. */
    boolean waits() {
        return state == TaskState.PENDING || state == TaskState.SCHEDULED || state == TaskState.RETRY;
    }

    /** Whether a filter means it. */
    boolean matches(TaskFilter filter) {
        return filter.matches(envelope, state, ended, reason);
    }

    /** Whether this is the attempt that owns the task. */
    boolean isHeldBy(AttemptToken attempt) {
        return state == TaskState.ACTIVE && attempt.equals(token);
    }

    TaskInfo info() {
        Seat seat = holder;
        return new TaskInfo(
                envelope,
                state,
                due,
                ready,
                seat == null ? null : seat.spec.id(),
                started,
                ended,
                cause,
                reason,
                cancelRequest != null,
                result);
    }
}
