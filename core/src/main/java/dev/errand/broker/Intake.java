package dev.errand.broker;

import java.util.Collection;
import java.util.List;

/**
 * One worker's connection to its queues. {@link #take} is called by one thread at a time; everything else by any thread
 * until {@link #close}. All calls but take return as soon as the broker has answered; a broker out of reach makes them throw
 * {@link dev.errand.BrokerUnavailableException}, after which the engine waits and repeats them, and the intake must work
 * again by itself once the broker is back. No call is interruptible: an interrupt of the calling thread is kept and cuts
 * nothing short; each has a time limit of the adapter's own instead.
 */
public interface Intake extends AutoCloseable {
    /**
     * Takes ready tasks under leases that start now. Blocks up to the request's wait while there is nothing, and returns as
     * soon as there is anything; it may return fewer than asked for, or none. Also returns when {@link #nudge} or
     * {@link #stopTaking} is called. A task is never handed out before it is due.
     */
    List<Delivery> take(TakeRequest request);

    /**
     * Makes a {@link #take} that blocks now return, so that the engine can ask for something else; if none blocks, the next
     * one does not block. Cheap.
     */
    void nudge();

    /**
     * Ends the taking: a blocked {@link #take} returns, later ones return nothing, and what the adapter has fetched but not
     * handed out goes back. Settling and renewing go on. Idempotent.
     */
    void stopTaking();

    /** Writes outcomes down; an answer for each, in order. The whole batch may be repeated after an exception. */
    List<Settled> settle(List<Outcome> outcomes);

    /**
     * Renews leases; an answer for each, in the collection's order. Called at least every third of the lease time, with an
     * empty collection too, so that it serves as the worker's heartbeat.
     */
    List<Renewal> renew(Collection<Lease> leases);

    /** Leaves the registry and frees everything. What is still leased is given back at once. Idempotent. */
    @Override
    void close();
}
