package dev.errand.worker;

import dev.errand.AnyTaskType;
import dev.errand.ConfigurationException;
import dev.errand.ReturningHandler;
import dev.errand.ReturningTaskType;
import dev.errand.TaskContext;
import dev.errand.TaskHandler;
import dev.errand.TaskType;
import dev.errand.TypeSpec;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A worker's handlers by wire name, aliases included. Immutable. */
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

    private final Map<String, Registration> byName;
    private final List<Registration> all;

    private HandlerTable(Map<String, Registration> byName, List<Registration> all) {
        this.byName = Map.copyOf(byName);
        this.all = List.copyOf(all);
    }

    Optional<Registration> find(String wireName) {
        return Optional.ofNullable(byName.get(wireName));
    }

    Collection<Registration> registrations() {
        return all;
    }

    /** Every type that has a handler. */
    public List<TypeSpec<?>> specs() {
        return all.stream().<TypeSpec<?>>map(Registration::spec).toList();
    }

    /** The queues that the types name. */
    public Set<String> queues() {
        Set<String> queues = new LinkedHashSet<>();
        all.forEach(r -> queues.add(r.spec().queue()));
        return queues;
    }

    Set<String> wireNames() {
        return byName.keySet();
    }

    Duration longestTimeout() {
        return all.stream()
                .map(r -> r.spec().timeout())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /** Collects handlers. For one thread. */
    public static final class Builder {
        private final Map<String, Registration> byName = new LinkedHashMap<>();
        private final Map<String, Registration> all = new LinkedHashMap<>();

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
            if (all.isEmpty()) {
                throw new ConfigurationException("The worker has no handler; register one with handle(…)");
            }
            return new HandlerTable(byName, List.copyOf(all.values()));
        }
    }
}
