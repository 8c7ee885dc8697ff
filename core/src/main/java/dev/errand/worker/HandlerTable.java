package dev.errand.worker;

import dev.errand.AnyTaskType;
import dev.errand.ConfigurationException;
import dev.errand.EventType;
import dev.errand.ReturningHandler;
import dev.errand.ReturningTaskType;
import dev.errand.TaskContext;
import dev.errand.TaskHandler;
import dev.errand.TaskType;
import dev.errand.TypeSpec;
import dev.errand.broker.EventPattern;
import dev.errand.broker.Subscription;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A worker's handlers: those of tasks by wire name, aliases included, and those of events by the subscription's queue and the
 * event's name. Immutable.
 */
public final class HandlerTable {
    /** A handler, whatever its types. */
    @FunctionalInterface
    interface Invoker {
        @Nullable
        Object invoke(Object payload, TaskContext task) throws Exception;
    }

    /**
     * One task type with its handler.
     *
     * @param spec the type
     * @param invoker the handler
     * @param max the most of its tasks at once
     */
    record Registration(TypeSpec<?> spec, Invoker invoker, int max) {
        boolean limited() {
            return max != Integer.MAX_VALUE;
        }
    }

    /** The handlers of one subscription, by event and pattern, in the order of their registration. */
    private record Listening(Map<EventPattern, Registration> handlers) {
        /** The event's own handler, else the first whose pattern matches. */
        Optional<Registration> find(String event) {
            for (boolean wild : new boolean[] {false, true}) {
                for (Map.Entry<EventPattern, Registration> each : handlers.entrySet()) {
                    if (each.getKey().isWild() == wild && each.getKey().matches(event)) {
                        return Optional.of(each.getValue());
                    }
                }
            }
            return Optional.empty();
        }
    }

    private final Map<String, Registration> byName;
    private final List<Registration> all;
    private final Map<String, Listening> byQueue;

    private HandlerTable(Map<String, Registration> byName, List<Registration> all, Map<String, Listening> byQueue) {
        this.byName = Map.copyOf(byName);
        this.all = List.copyOf(all);
        this.byQueue = Map.copyOf(byQueue);
    }

    /** The handler for what came from this queue under this name. */
    Optional<Registration> find(String queue, String wireName) {
        Listening listening = byQueue.get(queue);
        return listening == null ? Optional.ofNullable(byName.get(wireName)) : listening.find(wireName);
    }

    /** Whether there is a handler for this name in whatever queue. */
    boolean knows(String wireName) {
        return byName.containsKey(wireName)
                || byQueue.values().stream()
                        .anyMatch(listening -> listening.find(wireName).isPresent());
    }

    /** Those of tasks. */
    Collection<Registration> registrations() {
        return all;
    }

    /** Every task type that has a handler. */
    public List<TypeSpec<?>> specs() {
        return all.stream().<TypeSpec<?>>map(Registration::spec).toList();
    }

    /** Every event and pattern that has a handler. */
    public List<TypeSpec<?>> events() {
        return byQueue.values().stream()
                .flatMap(listening -> listening.handlers().values().stream())
                .<TypeSpec<?>>map(Registration::spec)
                .toList();
    }

    /** The queues that the types name. */
    public Set<String> queues() {
        Set<String> queues = new LinkedHashSet<>();
        all.forEach(r -> queues.add(r.spec().queue()));
        return queues;
    }

    Set<String> wireNames() {
        Set<String> names = new LinkedHashSet<>(byName.keySet());
        events().forEach(event -> names.add(event.name()));
        return names;
    }

    Duration longestTimeout() {
        return Stream.concat(specs().stream(), events().stream())
                .map(TypeSpec::timeout)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /** Collects handlers. For one thread. */
    public static final class Builder {
        private final Map<String, Registration> byName = new LinkedHashMap<>();
        private final Map<String, Registration> all = new LinkedHashMap<>();
        private final Map<String, Map<EventPattern, Registration>> byQueue = new LinkedHashMap<>();

        /** Empty. */
        public Builder() {}

        /** A handler without a result. */
        @SuppressWarnings("unchecked") // the payload is decoded as what the type declares
        public <P> void add(TaskType<P> type, TaskHandler<? super P> handler, int max) {
            put(type, max, (payload, task) -> {
                handler.handle((P) payload, task);
                return null;
            });
        }

        /** A handler with a result. */
        @SuppressWarnings("unchecked") // the payload is decoded as what the type declares
        public <P, R> void addReturning(
                ReturningTaskType<P, R> type, ReturningHandler<? super P, ? extends R> handler, int max) {
            put(type, max, (payload, task) -> handler.handle((P) payload, task));
        }

        /** A handler of a subscription. */
        @SuppressWarnings("unchecked") // the payload is decoded as what the type declares
        public <P> void addEvent(EventType<P> event, String subscription, TaskHandler<? super P> handler) {
            Registration registration = new Registration(
                    event.spec(),
                    (payload, task) -> {
                        handler.handle((P) payload, task);
                        return null;
                    },
                    Integer.MAX_VALUE);
            if (byQueue.computeIfAbsent(Subscription.queueOf(subscription), queue -> new LinkedHashMap<>())
                            .put(event.pattern(), registration)
                    != null) {
                throw new ConfigurationException("The subscription " + subscription + " has two handlers for " + event
                        + "; register one, or give the other a subscription of its own");
            }
        }

        private void put(AnyTaskType<?> type, int max, Invoker invoker) {
            Registration registration = new Registration(type.spec(), invoker, max);
            if (all.put(type.name(), registration) != null) {
                throw new ConfigurationException("Task type " + type.name() + " has two handlers; register one");
            }
            putName(type.name(), registration);
            type.spec().aliases().forEach(alias -> putName(alias, registration));
        }

        private void putName(String name, Registration registration) {
            Registration other = byName.put(name, registration);
            if (other != null) {
                throw new ConfigurationException("The name " + name + " is claimed by the task types "
                        + other.spec().name() + " and " + registration.spec().name()
                        + "; a name or alias belongs to one type");
            }
        }

        /** The table; throws {@link ConfigurationException} if it is empty. */
        public HandlerTable build() {
            if (all.isEmpty() && byQueue.isEmpty()) {
                throw new ConfigurationException(
                        "The worker has no handler; register one with handle(…) or subscribe(…)");
            }
            Map<String, Listening> listening = new LinkedHashMap<>();
            byQueue.forEach((queue, handlers) ->
                    listening.put(queue, new Listening(Collections.unmodifiableMap(new LinkedHashMap<>(handlers)))));
            return new HandlerTable(byName, List.copyOf(all.values()), listening);
        }
    }
}
