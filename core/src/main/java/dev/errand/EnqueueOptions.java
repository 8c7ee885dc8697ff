package dev.errand;

import dev.errand.broker.Names;
import dev.errand.client.EnvelopeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What may differ for a single task. For one thread, within the lambda that it is given to. */
public final class EnqueueOptions {
    @Nullable
    TaskId id;

    @Nullable
    String queue;

    @Nullable
    Duration delay;

    @Nullable
    Instant runAt;

    @Nullable
    Instant deadline;

    @Nullable
    Integer maxAttempts;

    @Nullable
    Duration timeout;

    @Nullable
    Duration retention;

    @Nullable
    String uniqueKey;

    @Nullable
    String partitionKey;

    @Nullable
    TaskId parent;

    int priority;
    final Map<String, String> headers = new LinkedHashMap<>();

    EnqueueOptions() {}

    /** An id of your own; enqueueing it twice stores it once. */
    public EnqueueOptions id(TaskId own) {
        this.id = own;
        return this;
    }

    /** Another queue than the type's. */
    public EnqueueOptions queue(String name) {
        this.queue = Limits.queue(name);
        return this;
    }

    /** Not before this time has passed: 0 to 366 days. Replaces {@link #runAt}. */
    public EnqueueOptions delay(Duration time) {
        this.delay = Limits.notNegative("delay", time);
        this.runAt = null;
        return this;
    }

    /** Not before this time, at most 366 days ahead; a past one means at once. Replaces {@link #delay}. */
    public EnqueueOptions runAt(Instant time) {
        this.runAt = time;
        this.delay = null;
        return this;
    }

    /** After this time the task is not run any more but a dead letter ({@link DeadCause#EXPIRED}). */
    public EnqueueOptions deadline(Instant time) {
        this.deadline = time;
        return this;
    }

    /** Another number of attempts than the type's, at least 1. */
    public EnqueueOptions maxAttempts(int attempts) {
        if (attempts < 1) {
            throw new InvalidTaskException(
                    "The number of attempts " + attempts + " is too small; 1 means a single try without a retry");
        }
        this.maxAttempts = attempts;
        return this;
    }

    /** Another timeout than the type's. */
    public EnqueueOptions timeout(Duration limit) {
        this.timeout = Limits.positive("timeout", limit);
        return this;
    }

    /** Another retention than the type's; only for types that declare one. */
    public EnqueueOptions retention(Duration time) {
        this.retention = Limits.notNegative("retention", time);
        return this;
    }

    /** Another unique key than the type's rule gives; only for types that declare uniqueness. */
    public EnqueueOptions uniqueKey(String key) {
        this.uniqueKey = Names.check("unique key", key);
        return this;
    }

    /** Before others of its queue, where the broker has priorities: −100 to 100, 0 by default. */
    public EnqueueOptions priority(int higherFirst) {
        if (higherFirst < -100 || higherFirst > 100) {
            throw new InvalidTaskException("The priority " + higherFirst + " is out of range; give -100 to 100");
        }
        this.priority = higherFirst;
        return this;
    }

    /** Tasks of one key keep their order, where the broker offers that. */
    public EnqueueOptions partitionKey(String key) {
        this.partitionKey = Names.check("partition key", key);
        return this;
    }

    /** A header that the handler can read; 255 characters of name, 8 KiB of value, 64 headers at most. */
    public EnqueueOptions header(String name, String value) {
        Names.check("header name", name);
        if (value.length() > 8 * 1024) {
            throw new InvalidTaskException(
                    "The header " + name + " has " + value.length() + " characters; at most 8192 are allowed");
        }
        headers.put(name, value);
        if (headers.size() > 64) {
            throw new InvalidTaskException("The task has more than 64 headers; put the data into the payload");
        }
        return this;
    }

    EnvelopeFactory.Choices toChoices() {
        return new EnvelopeFactory.Choices(
                id,
                queue,
                delay,
                runAt,
                deadline,
                maxAttempts,
                timeout,
                retention,
                uniqueKey,
                partitionKey,
                parent,
                priority,
                headers);
    }
}
