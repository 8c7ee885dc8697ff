package dev.errand.contract.model;

import dev.errand.DeadCause;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.AttemptToken;
import dev.errand.broker.Envelope;
import dev.errand.broker.Payload;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One task of the model: what a broker is to show of it, and what it must remember. */
final class Row {
    /** Which of two ready tasks of a queue goes first; equal for those that may go in any order. */
    static final Comparator<Row> READY_ORDER =
            Comparator.comparingInt((Row row) -> -row.task.priority()).thenComparingLong(row -> row.rank);

    final Instant stored;
    Envelope task;
    TaskState state = TaskState.PENDING;

    @Nullable
    Instant due;

    @Nullable
    Instant ready;

    @Nullable
    Instant started;

    @Nullable
    Instant ended;

    @Nullable
    String worker;

    @Nullable
    DeadCause cause;

    @Nullable
    String reason;

    boolean cancelRequested;

    @Nullable
    Payload result;

    /** Its place in the ready line. */
    long rank;
    /** Of its latest take. */
    @Nullable
    AttemptToken token;

    @Nullable
    Instant leaseUntil;

    Duration lease = Duration.ZERO;
    String cancelReason = "";
    Duration cancelRetention = Duration.ZERO;

    @Nullable
    Instant keptUntil;

    /** Which enqueues have replaced it. */
    List<TaskId> replacedBy = List.of();

    Row(Envelope task, Instant stored) {
        this.task = task;
        this.stored = stored;
    }

    TaskId id() {
        return task.id();
    }

    /** In another state, with nothing left of the old one. */
    void become(TaskState next) {
        state = next;
        due = null;
        ready = null;
        ended = null;
        worker = null;
        cause = null;
        reason = null;
        cancelRequested = false;
        result = null;
        leaseUntil = null;
        keptUntil = null;
    }

    boolean waits() {
        return state == TaskState.PENDING || state == TaskState.SCHEDULED || state == TaskState.RETRY;
    }

    boolean isHeldBy(AttemptToken attempt) {
        return state == TaskState.ACTIVE && attempt.equals(token);
    }

    Instant due() {
        return Objects.requireNonNull(due);
    }

    Instant ready() {
        return Objects.requireNonNull(ready);
    }

    Instant ended() {
        return Objects.requireNonNull(ended);
    }

    boolean isDue(Instant now) {
        return due != null && !due.isAfter(now);
    }

    boolean isLapsed(Instant now) {
        return leaseUntil != null && !leaseUntil.isAfter(now);
    }

    boolean isOver(Instant now) {
        return keptUntil != null && !keptUntil.isAfter(now);
    }

    /**
     * What a broker is to show.
     *
     * @param actual what it shows; where it is free what to say, that is what it is to say
     */
    TaskInfo expected(TaskInfo actual) {
        // Words are owed for what ended, and for what was given back with some.
        boolean owed = reason != null || state.ended();
        return new TaskInfo(
                task,
                state,
                due,
                ready,
                worker,
                started,
                ended,
                cause,
                owed ? reason : actual.reason(),
                cancelRequested,
                result);
    }
}
