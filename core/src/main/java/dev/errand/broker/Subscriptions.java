package dev.errand.broker;

import java.util.List;
import java.util.Set;

/**
 * Events: publishing, and the subscriptions that get copies. On every broker, by its own means: a store keeps the subscriptions
 * in a table and stores a copy for each; a message broker binds queues to an exchange, or makes consumers or groups of one
 * stream, so that a publish needs no table there. Thread-safe; errors as in {@link Broker}.
 *
 * <p>What a take hands out from a subscription's queue is in every way a task like the others, and looks as
 * {@link Subscription#copy} makes it, whether the copy was made by the publish or by the take.
 */
public interface Subscriptions {
    /** Which events a new subscription begins with. */
    enum Start {
        /** Those that are published from now on. */
        NOW,
        /** The oldest that the broker still keeps. Needs {@link Capability#EVENT_HISTORY}. */
        BEGINNING
    }

    /**
     * Makes a subscription, or adds patterns to one: those that it has stay. Durable when the call returns, and every event
     * whose publish begins later is in it; its queue exists from now on. Idempotent: of one that has all these patterns
     * already only {@link Subscription#seen} changes.
     *
     * @param subscription as {@link EventPattern} says
     * @param patterns at least one; an event that several match is in the subscription once
     * @param start for a new subscription; one that exists goes on where it is, and patterns that are added to it begin now
     * @throws dev.errand.CapabilityException if it is to start in the past, and the broker keeps no events
     */
    void subscribe(String subscription, Set<EventPattern> patterns, Start start);

    /** All of them, by name. */
    List<Subscription> list();

    /**
     * Removes one with everything in its queue (waiting tasks, dead letters, what is kept) except what runs at this moment, whose
     * outcome is still taken. Workers that serve it find it empty.
     *
     * @return false if there is none
     */
    boolean remove(String subscription);

    /**
     * Takes one pattern from a subscription; what its queue holds stays. One without any pattern goes on to exist, and gets
     * nothing new.
     *
     * @return false if there is no such subscription, or it has no such pattern
     */
    boolean remove(String subscription, EventPattern pattern);

    /**
     * Publishes events; an answer for each, in order. {@link Receipt.Stored}: every subscription that it matches has its copy, as
     * safely as the declared durability says, and be there none at all. {@link Receipt.Refused}: at least one has none. Not
     * all-or-nothing. The call may be repeated with the same envelopes after an exception: as with {@link Broker#enqueue}, what
     * the first call stored is not stored again.
     *
     * <p>Events of one call or one after the other come into a subscription in this order, where the broker keeps the order of a
     * queue at all.
     *
     * @param events their names are the types, as {@link EventPattern#checkEvent} says, and their ids have at most
     *     {@value Subscription#MAX_EVENT_ID} characters; the queue means nothing; none has an earliest time, a uniqueness or
     *     a debounce
     */
    List<Receipt> publish(List<Envelope> events);
}
