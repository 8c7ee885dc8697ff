package dev.errand;

import dev.errand.broker.Capability;
import dev.errand.broker.EventPattern;
import java.lang.reflect.Type;
import java.time.Duration;

/**
 * A constant that names a kind of event: wire name, payload class, and the policy of the tasks that its copies are. Immutable:
 * every method answers a new value.
 *
 * <pre>{@code
 * EventType<OrderPlaced> PLACED = EventType.of("order.placed", OrderPlaced.class);
 *
 * errand.publish(PLACED, order);
 * errand.worker().subscribe(PLACED, "stock", (order, task) -> stock.reserve(order)).start();
 * }</pre>
 *
 * What the publisher's type says of attempts, timeout and retention travels with the event, for workers that are not ours; a
 * worker goes by the type that it subscribed with, so a subscriber may have a policy of its own: {@code PLACED.retry(…)}.
 *
 * @param <P> the payload
 */
public final class EventType<P> {
    private final TypeSpec<P> spec;
    private final EventPattern pattern;

    private EventType(TypeSpec<P> spec) {
        this.spec = spec;
        this.pattern = EventPattern.of(spec.name());
    }

    /**
     * A type with the defaults of {@link Defaults}.
     *
     * @param name words of letters, digits, {@code -} and {@code _}, separated by dots, at most 100 characters
     * @throws InvalidTaskException if the name is not one
     */
    public static <P> EventType<P> of(String name, Class<P> payload) {
        return of(name, (Type) payload);
    }

    /** The same for a generic payload. */
    public static <P> EventType<P> of(String name, TypeToken<P> payload) {
        return of(name, payload.type());
    }

    private static <P> EventType<P> of(String name, Type payload) {
        return new EventType<>(TypeSpec.of(EventPattern.checkEvent(name), payload));
    }

    /**
     * All events of which the name matches, to be subscribed to; nobody can publish one.
     *
     * @param pattern a name in which {@code *} stands for any one word, and {@code **} at the end for one or more
     * @param payload that each of them can be decoded as
     * @throws InvalidTaskException if it is not a pattern
     */
    public static <P> EventType<P> pattern(String pattern, Class<P> payload) {
        return new EventType<>(TypeSpec.of(EventPattern.of(pattern).text(), (Type) payload));
    }

    /** The same for a generic payload. */
    public static <P> EventType<P> pattern(String pattern, TypeToken<P> payload) {
        return new EventType<>(TypeSpec.of(EventPattern.of(pattern).text(), payload.type()));
    }

    /** The wire name, or the pattern. */
    public String name() {
        return spec.name();
    }

    /** What a subscription to it gets. */
    public EventPattern pattern() {
        return pattern;
    }

    /** Everything else about the tasks that its copies are; their queue is the subscription's. */
    public TypeSpec<P> spec() {
        return spec;
    }

    /** When a subscription's failed tasks are tried again; {@link Retry#standard()} by default. */
    public EventType<P> retry(Retry policy) {
        return new EventType<>(spec.withRetry(policy));
    }

    /** How long one attempt may run before it is interrupted and counts as failed; 30 minutes by default. */
    public EventType<P> timeout(Duration limit) {
        return new EventType<>(spec.withTimeout(limit));
    }

    /** How long a subscription's completed tasks are kept to be looked at. Needs a broker with a store. */
    public EventType<P> retention(Duration time) {
        return new EventType<>(spec.withRetention(time));
    }

    /** Lets handlers use {@link TaskContext#step}. Needs a broker with a store. */
    public EventType<P> steps() {
        return new EventType<>(spec.keeping(Capability.STEPS));
    }

    /** Lets handlers use {@link TaskContext#progress}. Needs a broker with a store. */
    public EventType<P> progress() {
        return new EventType<>(spec.keeping(Capability.PROGRESS));
    }

    /** Lets handlers use {@link TaskContext#log}. Needs a broker with a store. */
    public EventType<P> log() {
        return new EventType<>(spec.keeping(Capability.TASK_LOG));
    }

    /**
     * Lifts payloads of schema version {@code from} to the next one; the type's own version is one above the highest that
     * is lifted, 1 if there is no upcaster.
     */
    public EventType<P> upcast(int from, Upcaster upcaster) {
        return new EventType<>(spec.withUpcast(from, upcaster));
    }

    @Override
    public String toString() {
        return spec.name();
    }
}
