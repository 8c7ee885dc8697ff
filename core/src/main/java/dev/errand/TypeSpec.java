package dev.errand;

import dev.errand.broker.Capability;
import dev.errand.broker.Names;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A task type's name and policy, as its builder methods have set them. Immutable.
 *
 * @param name the wire name, explicit and never a class name
 * @param payloadType the payload's Java type
 * @param resultType the result's Java type; empty: none
 * @param queue where its tasks go
 * @param retry when they are tried again
 * @param timeout of one attempt
 * @param retention of completed tasks; zero: not kept
 * @param unique the rule of uniqueness; empty: none
 * @param debounce the rule by which a later task replaces a waiting one; empty: none
 * @param keeps what its handlers may keep with their tasks: some of {@link Capability#STEPS}, {@link Capability#PROGRESS},
 *     {@link Capability#TASK_LOG}
 * @param aliases old wire names
 * @param version of the payload's schema, from 1
 * @param upcasters from each old version to the one after it
 * @param <P> the payload
 */
public record TypeSpec<P>(
        String name,
        Type payloadType,
        Optional<Type> resultType,
        String queue,
        Retry retry,
        Duration timeout,
        Duration retention,
        Optional<Unique<P>> unique,
        Optional<Debounced<P>> debounce,
        Set<Capability> keeps,
        Set<String> aliases,
        int version,
        Map<Integer, Upcaster> upcasters) {
    /**
     * A rule of uniqueness.
     *
     * @param key of a payload; null: the payload's bytes are the key
     * @param ttl as {@link dev.errand.broker.UniqueKey} says
     * @param <P> the payload
     */
    public record Unique<P>(@Nullable Function<? super P, String> key, Duration ttl) {}

    /**
     * A rule of replacing.
     *
     * @param key of a payload
     * @param delay from an enqueue to the run
     * @param atMost from the first enqueue to the run, however many follow
     * @param <P> the payload
     */
    public record Debounced<P>(Function<? super P, String> key, Duration delay, Duration atMost) {}

    static <P> TypeSpec<P> of(String name, Type payloadType) {
        return new TypeSpec<>(
                Names.check("task type", name),
                payloadType,
                Optional.empty(),
                Defaults.QUEUE,
                Retry.standard(),
                Defaults.TIMEOUT,
                Defaults.RETENTION,
                Optional.empty(),
                Optional.empty(),
                Set.of(),
                Set.of(),
                1,
                Map.of());
    }

    /** What a broker must be able to do for it. */
    public Set<Capability> requires() {
        Set<Capability> needed = EnumSet.noneOf(Capability.class);
        needed.addAll(keeps);
        debounce.ifPresent(d -> needed.add(Capability.DEBOUNCE));
        unique.ifPresent(u -> needed.add(Capability.UNIQUE));
        resultType.ifPresent(r -> needed.add(Capability.RESULTS));
        if (retention.isPositive()) {
            needed.add(Capability.RETENTION);
        }
        return needed;
    }

    TypeSpec<P> withQueue(String next) {
        Limits.queue(next);
        Draft<P> draft = new Draft<>(this);
        draft.queue = next;
        return draft.build();
    }

    TypeSpec<P> withRetry(Retry next) {
        Draft<P> draft = new Draft<>(this);
        draft.retry = next;
        return draft.build();
    }

    TypeSpec<P> withTimeout(Duration next) {
        Limits.positive("timeout", next);
        Draft<P> draft = new Draft<>(this);
        draft.timeout = next;
        return draft.build();
    }

    TypeSpec<P> withRetention(Duration next) {
        Limits.notNegative("retention", next);
        if (resultType.isPresent() && next.isZero()) {
            throw new ConfigurationException("Task type " + name
                    + " returns a result, which a retention of zero would throw away; give more than zero");
        }
        Draft<P> draft = new Draft<>(this);
        draft.retention = next;
        return draft.build();
    }

    TypeSpec<P> withUnique(@Nullable Function<? super P, String> key, Duration ttl) {
        Limits.notNegative("time to live of the unique key", ttl);
        Draft<P> draft = new Draft<>(this);
        draft.unique = Optional.of(new Unique<>(key, ttl));
        return draft.build();
    }

    TypeSpec<P> withDebounce(Function<? super P, String> key, Duration delay, Duration atMost) {
        Limits.positive("debounce delay", delay);
        Limits.positive("longest debounce", atMost);
        if (atMost.compareTo(delay) < 0) {
            throw new ConfigurationException("Task type " + name + ": the longest debounce " + atMost
                    + " is shorter than the delay " + delay + "; give at least as much");
        }
        Draft<P> draft = new Draft<>(this);
        draft.debounce = Optional.of(new Debounced<>(key, delay, atMost));
        return draft.build();
    }

    TypeSpec<P> keeping(Capability more) {
        Set<Capability> all = EnumSet.of(more);
        all.addAll(keeps);
        Draft<P> draft = new Draft<>(this);
        draft.keeps = Set.copyOf(all);
        return draft.build();
    }

    TypeSpec<P> withAlias(String old) {
        Names.check("task type", old);
        Set<String> all = new LinkedHashSet<>(aliases);
        all.add(old);
        Draft<P> draft = new Draft<>(this);
        draft.aliases = all;
        return draft.build();
    }

    TypeSpec<P> withUpcast(int from, Upcaster upcaster) {
        if (from < 1) {
            throw new ConfigurationException(
                    "Task type " + name + ": schema versions start at 1, so there is none to lift from " + from);
        }
        Map<Integer, Upcaster> all = new LinkedHashMap<>(upcasters);
        if (all.put(from, upcaster) != null) {
            throw new ConfigurationException("Task type " + name + " has two upcasters from version " + from);
        }
        Draft<P> draft = new Draft<>(this);
        draft.version = Math.max(version, from + 1);
        draft.upcasters = all;
        return draft.build();
    }

    TypeSpec<P> withResult(Type result) {
        Duration kept = retention.isPositive() ? retention : Defaults.RESULT_RETENTION;
        Draft<P> draft = new Draft<>(this);
        draft.resultType = Optional.of(result);
        draft.retention = kept;
        return draft.build();
    }

    /** A copy under change: the one place that repeats the list of fields. */
    private static final class Draft<P> {
        private final String name;
        private final Type payloadType;
        private Optional<Type> resultType;
        private String queue;
        private Retry retry;
        private Duration timeout;
        private Duration retention;
        private Optional<Unique<P>> unique;
        private Optional<Debounced<P>> debounce;
        private Set<Capability> keeps;
        private Set<String> aliases;
        private int version;
        private Map<Integer, Upcaster> upcasters;

        Draft(TypeSpec<P> from) {
            name = from.name;
            payloadType = from.payloadType;
            resultType = from.resultType;
            queue = from.queue;
            retry = from.retry;
            timeout = from.timeout;
            retention = from.retention;
            unique = from.unique;
            debounce = from.debounce;
            keeps = from.keeps;
            aliases = from.aliases;
            version = from.version;
            upcasters = from.upcasters;
        }

        TypeSpec<P> build() {
            if (unique.isPresent() && debounce.isPresent()) {
                throw new ConfigurationException("Task type " + name
                        + " is unique and debounced; choose: uniqueness keeps the first task, debouncing the last one");
            }
            return new TypeSpec<>(
                    name,
                    payloadType,
                    resultType,
                    queue,
                    retry,
                    timeout,
                    retention,
                    unique,
                    debounce,
                    keeps,
                    aliases,
                    version,
                    upcasters);
        }
    }
}
