package dev.errand.broker;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * Who opens an intake.
 *
 * @param id unique among all workers ever; the registry's key
 * @param name what people see, such as {@code mail@host-7}
 * @param host the machine's name
 * @param pid the process id
 * @param started when
 * @param queues each served queue with its weight
 * @param strict whether queues are served in strict order of weight
 * @param concurrency the most tasks that run at once
 * @param types the wire names, aliases included, that it has handlers for
 * @param longestTimeout the longest timeout among those types, for brokers whose deliveries cannot be extended
 * @param lease how long an attempt owns its task without renewal
 */
public record WorkerSpec(
        String id,
        String name,
        String host,
        long pid,
        Instant started,
        Map<String, Integer> queues,
        boolean strict,
        int concurrency,
        Set<String> types,
        Duration longestTimeout,
        Duration lease) {
    /** Checks the names and copies the collections. */
    public WorkerSpec {
        Names.check("worker id", id);
        queues.keySet().forEach(q -> Names.check("queue", q));
        queues = Map.copyOf(queues);
        types = Set.copyOf(types);
    }
}
