package dev.errand.broker;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a worker can take now.
 *
 * @param demands the queues to look into, in this order, each with a limit of its own
 * @param max the most deliveries altogether, at least 1
 * @param typeRoom the types that are limited in this worker, each with the most deliveries of it, 0 or more. A hint: a
 *     broker that can should pass over the tasks beyond; the engine gives back those that come all the same
 * @param maxWait how long to block when all the queues are empty; zero: not at all
 */
public record TakeRequest(List<Demand> demands, int max, Map<String, Integer> typeRoom, Duration maxWait) {
    /**
     * One queue's share.
     *
     * @param queue its name
     * @param max the most deliveries from it, at least 1
     */
    public record Demand(String queue, int max) {}

    /** Copies the collections. */
    public TakeRequest {
        demands = List.copyOf(demands);
        typeRoom = Map.copyOf(typeRoom);
    }
}
