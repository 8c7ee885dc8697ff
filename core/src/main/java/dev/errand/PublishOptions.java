package dev.errand;

import dev.errand.broker.Subscription;
import dev.errand.client.EnvelopeFactory;
import java.time.Instant;

/** What may differ for a single event; every copy has it. For one thread, within the lambda that it is given to. */
public final class PublishOptions {
    private final EnqueueOptions copies = new EnqueueOptions();

    PublishOptions() {}

    /**
     * An id of your own, at most {@value Subscription#MAX_EVENT_ID} characters. Publishing it again stores no second copy for a
     * subscription that still has the first one, on brokers that can find a task by its id.
     */
    public PublishOptions id(TaskId own) {
        if (own.value().length() > Subscription.MAX_EVENT_ID) {
            throw new InvalidTaskException("The id of an event has "
                    + own.value().length() + " characters; at most " + Subscription.MAX_EVENT_ID + " are allowed");
        }
        copies.id(own);
        return this;
    }

    /** After this time no copy is run any more: it is a dead letter ({@link DeadCause#EXPIRED}). */
    public PublishOptions deadline(Instant time) {
        copies.deadline(time);
        return this;
    }

    /** Before others in each subscription, where the broker has priorities: −100 to 100, 0 by default. */
    public PublishOptions priority(int higherFirst) {
        copies.priority(higherFirst);
        return this;
    }

    /** Events of one key keep their order, where the broker offers that. */
    public PublishOptions partitionKey(String key) {
        copies.partitionKey(key);
        return this;
    }

    /** A header that the handlers can read; 255 characters of name, 8 KiB of value, 64 headers at most. */
    public PublishOptions header(String name, String value) {
        copies.header(name, value);
        return this;
    }

    EnvelopeFactory.Choices toChoices() {
        copies.queue = Subscription.QUEUE_PREFIX;
        return copies.toChoices();
    }
}
