package dev.errand.broker;

import dev.errand.InvalidTaskException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to change about a task that waits; null leaves a thing as it is. What is changed counts as set for this one task.
 *
 * @param payload what the handler gets
 * @param queue where it waits
 * @param priority within the queue, −100 to 100
 * @param due when it runs at the earliest; a past time makes it ready now, a later one postpones it (snooze)
 * @param maxAttempts how many counted attempts there may be, from 1
 * @param timeout of one attempt, more than 0
 * @param deadline after which it is not run any more
 */
public record TaskEdit(
        @Nullable Payload payload,
        @Nullable String queue,
        @Nullable Integer priority,
        @Nullable Instant due,
        @Nullable Integer maxAttempts,
        @Nullable Duration timeout,
        @Nullable Instant deadline) {
    /**
     * Rounds the times to milliseconds, {@code due} upwards.
     *
     * @throws InvalidTaskException if the queue is not a name, or a number or duration is out of range
     */
    public TaskEdit {
        if (queue != null) {
            Names.check("queue", queue);
        }
        if (priority != null && (priority < -100 || priority > 100)) {
            throw new InvalidTaskException("The priority " + priority + " is out of range; give -100 to 100");
        }
        if (maxAttempts != null && maxAttempts < 1) {
            throw new InvalidTaskException(
                    "The number of attempts " + maxAttempts + " is too small; 1 means a single try without a retry");
        }
        if (timeout != null && !timeout.isPositive()) {
            throw new InvalidTaskException("The timeout " + timeout + " is out of range; give more than 0");
        }
        due = due == null ? null : Envelope.ceilToMillis(due);
        deadline = deadline == null ? null : deadline.truncatedTo(ChronoUnit.MILLIS);
    }

    /** The policy of an edited task: what was changed counts as set for it alone. */
    public Policy applyTo(Policy policy) {
        if (maxAttempts == null && timeout == null) {
            return policy;
        }
        Set<Policy.Field> explicit = EnumSet.noneOf(Policy.Field.class);
        explicit.addAll(policy.explicit());
        if (maxAttempts != null) {
            explicit.add(Policy.Field.MAX_ATTEMPTS);
        }
        if (timeout != null) {
            explicit.add(Policy.Field.TIMEOUT);
        }
        return new Policy(
                maxAttempts == null ? policy.maxAttempts() : maxAttempts,
                timeout == null ? policy.timeout() : timeout,
                policy.retention(),
                explicit);
    }

    /** The envelope of an edited task; its due time is not the envelope's. */
    public Envelope applyTo(Envelope task) {
        Envelope next = task.withPolicy(applyTo(task.policy()));
        next = payload == null ? next : next.withPayload(payload);
        next = queue == null ? next : next.withQueue(queue);
        next = priority == null ? next : next.withPriority(priority);
        return deadline == null ? next : next.withDeadline(deadline);
    }

    /** Changes nothing yet. */
    public static final TaskEdit NONE = new TaskEdit(null, null, null, null, null, null, null);

    /** Also postpones the task, or makes it due. */
    public TaskEdit withDue(Instant next) {
        return new TaskEdit(payload, queue, priority, next, maxAttempts, timeout, deadline);
    }

    /** Also replaces the payload. */
    public TaskEdit withPayload(Payload next) {
        return new TaskEdit(next, queue, priority, due, maxAttempts, timeout, deadline);
    }

    /** Also moves it to another queue. */
    public TaskEdit withQueue(String next) {
        return new TaskEdit(payload, next, priority, due, maxAttempts, timeout, deadline);
    }

    /** Also sets its priority. */
    public TaskEdit withPriority(int next) {
        return new TaskEdit(payload, queue, next, due, maxAttempts, timeout, deadline);
    }

    /** Also sets its number of attempts. */
    public TaskEdit withMaxAttempts(int next) {
        return new TaskEdit(payload, queue, priority, due, next, timeout, deadline);
    }

    /** Also sets its timeout. */
    public TaskEdit withTimeout(Duration next) {
        return new TaskEdit(payload, queue, priority, due, maxAttempts, next, deadline);
    }

    /** Also sets its deadline. */
    public TaskEdit withDeadline(Instant next) {
        return new TaskEdit(payload, queue, priority, due, maxAttempts, timeout, next);
    }
}
