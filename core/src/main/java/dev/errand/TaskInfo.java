package dev.errand;

import dev.errand.broker.Envelope;
import dev.errand.broker.Payload;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A task as its broker shows it at one moment.
 *
 * @param envelope the task itself, with its payload, policy, attempts and errors
 * @param state where it is in its life
 * @param due when it falls due, if it is scheduled or to be retried; null otherwise
 * @param ready since when it has been ready, if it is pending; null otherwise
 * @param worker the id of the worker that runs it; null if none does
 * @param started when the current or last run was taken; null if it never was
 * @param ended when it was completed, cancelled or died; null otherwise
 * @param cause why it is dead; null if it is not
 * @param reason why it is dead, cancelled or was given back, in words; null if there is none
 * @param cancelRequested whether it runs and somebody asked for its cancellation
 * @param result what the handler returned, encoded; null if nothing is kept
 */
public record TaskInfo(
        Envelope envelope,
        TaskState state,
        @Nullable Instant due,
        @Nullable Instant ready,
        @Nullable String worker,
        @Nullable Instant started,
        @Nullable Instant ended,
        @Nullable DeadCause cause,
        @Nullable String reason,
        boolean cancelRequested,
        @Nullable Payload result) {

    /** The task's id. */
    public TaskId id() {
        return envelope.id();
    }

    /** The wire name of its type. */
    public String type() {
        return envelope.type();
    }

    /** Its queue. */
    public String queue() {
        return envelope.queue();
    }

    /** How many counted attempts have failed. */
    public int attempts() {
        return envelope.history().attempts();
    }

    /** The last error, if any. */
    public Optional<AttemptError> lastError() {
        var errors = envelope.history().errors();
        return errors.isEmpty() ? Optional.empty() : Optional.of(errors.getLast());
    }
}
