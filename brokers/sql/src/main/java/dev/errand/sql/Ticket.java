package dev.errand.sql;

import dev.errand.broker.Delivery;
import dev.errand.broker.TakeRequest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A take that waits for something to take. Whoever claims it first sees it through: the writer, when a transaction fills one
 * of its queues, so that the task is stored and taken under one sync; or the waiting thread itself.
 */
final class Ticket {
    private final TakeRequest request;
    private final Call<List<Delivery>> call;
    private final Bell bell;
    private final AtomicBoolean claimed = new AtomicBoolean();

    Ticket(TakeRequest request, Call<List<Delivery>> call, Bell bell) {
        this.request = request;
        this.call = call;
        this.bell = bell;
    }

    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    boolean isClaimed() {
        return claimed.get();
    }

    Call<List<Delivery>> call() {
        return call;
    }

    /** Wakes the waiting thread, to look. */
    void ring() {
        bell.ring();
    }

    boolean wantsAny(Set<String> queues) {
        for (TakeRequest.Demand demand : request.demands()) {
            if (queues.contains(demand.queue())) {
                return true;
            }
        }
        return false;
    }
}
