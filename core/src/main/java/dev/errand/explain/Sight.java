package dev.errand.explain;

import dev.errand.InvalidTaskException;
import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.EventPattern;
import dev.errand.broker.QueueControl;
import dev.errand.broker.QueueStats;
import dev.errand.broker.WorkerRegistry;
import dev.errand.broker.WorkerRegistry.Registered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The broker's workers and paused queues as they are at one moment.
 *
 * @param now the moment, by this process's clock
 * @param knowsWorkers whether the broker has a list of workers at all
 * @param workers those not known to be dead
 * @param paused each paused queue with the time since when
 * @param stats what is in the queues
 */
record Sight(
        Instant now, boolean knowsWorkers, List<Registered> workers, Map<String, Instant> paused, QueueStats stats) {
    static Sight of(Broker broker, Instant now) {
        boolean registry = broker.profile().can(Capability.WORKER_REGISTRY);
        return new Sight(
                now,
                registry,
                registry
                        ? broker.extension(WorkerRegistry.class)
                                .map(WorkerRegistry::workers)
                                .orElse(List.of())
                        : List.of(),
                broker.profile().can(Capability.PAUSE)
                        ? broker.extension(QueueControl.class)
                                .map(QueueControl::paused)
                                .orElse(Map.of())
                        : Map.of(),
                broker.extension(QueueStats.class)
                        .orElseThrow(() -> new IllegalStateException("every broker has QueueStats")));
    }

    /** Those that serve a queue, silent ones included. */
    List<Registered> serving(String queue) {
        return workers.stream()
                .filter(w -> w.spec().queues().containsKey(queue))
                .toList();
    }

    /** A worker that has not been heard of for longer than its lease: stalled, stopped or cut off. */
    boolean isSilent(Registered worker) {
        return silence(worker).compareTo(worker.spec().lease()) > 0;
    }

    Duration silence(Registered worker) {
        return Duration.between(worker.seen(), now);
    }

    /**
     * Whether it has a handler for a type, under its name or an alias, or by an event's pattern; one that does not say which it
     * has may have it.
     */
    static boolean knows(Registered worker, String type) {
        Set<String> types = worker.spec().types();
        return types.isEmpty() || types.contains(type) || types.stream().anyMatch(known -> isPatternOf(known, type));
    }

    private static boolean isPatternOf(String known, String type) {
        try {
            return known.indexOf('*') >= 0 && EventPattern.of(known).matches(type);
        } catch (InvalidTaskException e) {
            return false; // the name of a task type may have a star anywhere
        }
    }

    static boolean isBusy(Registered worker) {
        return worker.spec().concurrency() > 0
                && worker.running() >= worker.spec().concurrency();
    }

    /** The queues that a worker looks into before this one, always, and that have something ready. */
    List<String> before(Registered worker, String queue) {
        if (!worker.spec().strict()) {
            return List.of();
        }
        int weight = worker.spec().queues().getOrDefault(queue, 0);
        return worker.spec().queues().entrySet().stream()
                .filter(other -> other.getValue() > weight)
                .map(Map.Entry::getKey)
                .filter(other -> !paused.containsKey(other) && stats.depth(other) > 0)
                .sorted()
                .toList();
    }

    static String name(Registered worker) {
        return worker.spec().name() + " (" + worker.spec().id() + ")";
    }
}
