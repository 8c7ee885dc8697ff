package dev.errand;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Something that has happened, as a {@link Listener} hears it. Never carries a payload. */
public sealed interface Notice {
    /**
     * Tasks were enqueued by this client.
     *
     * @param stored how many were stored
     * @param duplicates how many were there before
     * @param replaced how many took the place of a waiting one
     * @param refused how many cannot be stored
     */
    record Enqueued(String type, String queue, int stored, int duplicates, int replaced, int refused)
            implements Notice {}

    /**
     * Events of one name were published by this client. Their copies are not counted as tasks that were enqueued.
     *
     * @param stored of how many every subscription has its copy, or that have no subscription
     * @param refused how many cannot be stored
     */
    record Published(String event, int stored, int refused) implements Notice {}

    /** A worker takes tasks from now on. */
    record WorkerStarted(String worker) implements Notice {}

    /** A worker has ended; nothing more is heard of it. */
    record WorkerStopped(String worker) implements Notice {}

    /**
     * A handler begins. {@link Ended} or {@link LeaseLost} follows.
     *
     * @param waited since the task became ready; null if the broker does not say since when it was
     */
    record Started(Run run, @Nullable Duration waited) implements Notice {}

    /**
     * An attempt has ended; its outcome is reported to the broker. Also heard of tasks that were taken and ended without their
     * handler: given back because there is no room for them, undecodable, expired. Heard twice of an attempt whose first outcome
     * the broker refuses for good: it is {@link End#DEAD} then.
     *
     * @param end how
     * @param took how long the handler ran, with its middleware; null if it did not, or has not ended
     * @param next until the next attempt; null if there is none
     * @param cause why it is dead; null if it is not
     * @param failure what the handler threw; null if nothing, or if this listener is more than 16,384 notices behind
     */
    record Ended(
            Run run,
            End end,
            @Nullable Duration took,
            @Nullable Duration next,
            @Nullable DeadCause cause,
            @Nullable Throwable failure)
            implements Notice {}

    /**
     * An attempt's task is not its own any more: it was taken back, or deleted. A running handler is interrupted; the task may
     * run twice. Heard when a renewal is refused, or else when the outcome is; there is no {@link Ended} after the former.
     */
    record LeaseLost(Run run) implements Notice {}

    /** So many tasks of dead or stalled workers were taken back. */
    record Recovered(int tasks) implements Notice {}

    /** So many dead letters were dropped, because there are too many of them or they are too old. */
    record DeadLettersDropped(int tasks) implements Notice {}

    /**
     * A call of the broker has ended.
     *
     * @param call which
     * @param size how many items it carried; zero if it failed before any were taken
     * @param took how long it lasted; null if that is not known
     * @param error the class of the exception; null: none
     */
    record BrokerCall(
            Call call,
            int size,
            @Nullable Duration took,
            @Nullable String error) implements Notice {}

    /**
     * A schedule's due time was handled.
     *
     * @param schedule its name
     * @param due the time
     * @param late by how much
     * @param enqueued whether a task was enqueued
     */
    record Fired(String schedule, Instant due, Duration late, boolean enqueued) implements Notice {}

    /**
     * One run of a task.
     *
     * @param id the task's
     * @param type its type's wire name
     * @param queue where it came from
     * @param attempt which counted attempt, from 1
     * @param worker the worker's id
     */
    record Run(TaskId id, String type, String queue, int attempt, String worker) {}

    /** How an attempt ends. */
    enum End {
        /** Completed. */
        COMPLETED,
        /** Failed; it is tried again. */
        RETRY,
        /** A dead letter now. */
        DEAD,
        /** Given back, not counted. */
        RELEASED,
        /** Cancelled or discarded. */
        CANCELLED
    }

    /** Which call of the broker. */
    enum Call {
        /** Storing tasks. */
        ENQUEUE,
        /** Publishing events. */
        PUBLISH,
        /**
         * Taking tasks; waiting for some is not told, and its time does not count. Its time is known only where the broker says
         * since when its tasks were ready.
         */
        TAKE,
        /** Writing outcomes down. */
        SETTLE,
        /** Renewing leases. */
        RENEW
    }
}
