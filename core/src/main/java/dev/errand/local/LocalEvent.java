package dev.errand.local;

import dev.errand.DeadCause;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What happened to a job. The words are those of durable tasks, so that both can feed the same meters. */
public sealed interface LocalEvent {
    /** The job, as it was then. */
    LocalJob job();

    /** It was accepted. */
    record Enqueued(LocalJob job) implements LocalEvent {}

    /**
     * An attempt began.
     *
     * @param waited since the job was ready to run
     */
    record Started(LocalJob job, Duration waited) implements LocalEvent {}

    /**
     * It ended normally.
     *
     * @param ran how long the last attempt took; null if it did not begin
     */
    record Completed(LocalJob job, @Nullable Duration ran) implements LocalEvent {}

    /**
     * An attempt failed, or gave the job back; there will be another.
     *
     * @param failure what it threw
     * @param ran how long it took; null if it did not begin
     * @param delay until the next one
     */
    record Retried(
            LocalJob job, Throwable failure, @Nullable Duration ran, Duration delay) implements LocalEvent {}

    /**
     * It failed, and is not tried again.
     *
     * @param cause why
     * @param failure the last one
     * @param ran how long the last attempt took; null if it did not begin
     */
    record Dead(
            LocalJob job,
            DeadCause cause,
            Throwable failure,
            @Nullable Duration ran) implements LocalEvent {}

    /**
     * It was cancelled, discarded by itself, or left over at close.
     *
     * @param reason in words
     * @param ran how long the attempt took that was called off; null if none had begun
     */
    record Cancelled(LocalJob job, String reason, @Nullable Duration ran) implements LocalEvent {}

    /**
     * It gave way because there was no room.
     *
     * @param reason in words
     */
    record Dropped(LocalJob job, String reason) implements LocalEvent {}

    /**
     * It was not accepted.
     *
     * @param reason in words, with the figures
     */
    record Refused(LocalJob job, String reason) implements LocalEvent {}

    /**
     * It goes on although it was interrupted.
     *
     * @param since how long ago that was
     */
    record Stuck(LocalJob job, Duration since) implements LocalEvent {}
}
