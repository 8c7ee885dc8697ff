package dev.errand.worker;

import dev.errand.Listener;
import dev.errand.Middleware;
import dev.errand.broker.EventPattern;
import dev.errand.broker.Subscriptions.Start;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a worker was built with.
 *
 * @param name shown in lists; empty: host and process id
 * @param queues each served queue
 * @param strict whether they are served in strict order of weight
 * @param concurrency handlers at once
 * @param handlers of tasks and events
 * @param subscriptions that are made at the start, if they are not there; their queues are among {@code queues}
 * @param middleware around each attempt, outermost first
 * @param listeners who hears of this worker alone
 * @param lease how long an attempt owns its task without renewal
 * @param drain the first phase of the stop
 * @param interrupt its second phase
 * @param crashLimit so many crashes make a task dead
 */
public record WorkerConfig(
        Optional<String> name,
        Map<String, Queue> queues,
        boolean strict,
        int concurrency,
        HandlerTable handlers,
        List<Wish> subscriptions,
        List<Middleware> middleware,
        List<Listener> listeners,
        Duration lease,
        Duration drain,
        Duration interrupt,
        int crashLimit) {
    /**
     * One served queue.
     *
     * @param weight its share, or rank
     * @param max the most of its tasks at once
     */
    public record Queue(int weight, int max) {}

    /**
     * One subscription that the worker serves.
     *
     * @param subscription its name
     * @param patterns which events it is to get
     * @param start where it begins if it is new
     */
    public record Wish(String subscription, Set<EventPattern> patterns, Start start) {
        /** Copies the patterns. */
        public Wish {
            patterns = Set.copyOf(patterns);
        }
    }

    /** Copies the collections; the queues keep their order. */
    public WorkerConfig {
        queues = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(queues));
        subscriptions = List.copyOf(subscriptions);
        middleware = List.copyOf(middleware);
        listeners = List.copyOf(listeners);
    }
}
