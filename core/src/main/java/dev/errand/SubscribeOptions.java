package dev.errand;

import dev.errand.broker.Subscriptions.Start;

/** How a worker serves one subscription. For one thread, within the lambda that it is given to. */
public final class SubscribeOptions {
    final QueueOptions queue = new QueueOptions();
    Start start = Start.NOW;

    SubscribeOptions() {}

    /** Its share of the attention among the worker's queues, 1 to 1,000; in strict order, its rank. 1 by default. */
    public SubscribeOptions weight(int share) {
        queue.weight(share);
        return this;
    }

    /** The most of its tasks that run at once in this worker; no limit of its own by default. */
    public SubscribeOptions max(int tasks) {
        queue.max(tasks);
        return this;
    }

    /**
     * If the subscription is new, it begins with the oldest events that the broker still keeps, not with those that are published
     * from now on. Needs a broker with {@link dev.errand.broker.Capability#EVENT_HISTORY}; the start is refused elsewhere.
     */
    public SubscribeOptions fromBeginning() {
        this.start = Start.BEGINNING;
        return this;
    }
}
