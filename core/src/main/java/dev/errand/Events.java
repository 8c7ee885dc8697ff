package dev.errand;

import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.Envelope;
import dev.errand.broker.EventPattern;
import dev.errand.broker.QueueStats;
import dev.errand.broker.Receipt;
import dev.errand.broker.Subscription;
import dev.errand.broker.Subscriptions;
import dev.errand.broker.Subscriptions.Start;
import dev.errand.broker.WorkerRegistry;
import dev.errand.client.Enqueuer;
import dev.errand.client.EnvelopeFactory;
import dev.errand.client.TypeRegistry;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions to events: look at them, make one for a subscriber that is not ours, remove one. Thread-safe. Events are
 * published by {@link Errand#publish}, and workers subscribe by {@link WorkerBuilder#subscribe}.
 */
public final class Events {
    private final Broker broker;
    private final TypeRegistry types;
    private final EnvelopeFactory envelopes;
    private final Enqueuer publisher;

    Events(Broker broker, TypeRegistry types, EnvelopeFactory envelopes, Enqueuer publisher) {
        this.broker = broker;
        this.types = types;
        this.envelopes = envelopes;
        this.publisher = publisher;
    }

    /**
     * All subscriptions, by name.
     *
     * @throws CapabilityException if the broker has no events
     */
    public List<SubscriptionInfo> subscriptions() {
        List<Subscription> all = port().list();
        QueueStats stats = part(QueueStats.class);
        List<WorkerRegistry.Registered> workers = broker.profile().can(Capability.WORKER_REGISTRY)
                ? part(WorkerRegistry.class).workers()
                : null;
        return all.stream()
                .map(each -> SubscriptionInfo.of(each, stats.depth(each.queue()), serving(workers, each.queue())))
                .toList();
    }

    private static @Nullable Integer serving(@Nullable List<WorkerRegistry.Registered> workers, String queue) {
        return workers == null
                ? null
                : (Integer) (int) workers.stream()
                        .filter(worker -> worker.spec().queues().containsKey(queue))
                        .count();
    }

    /**
     * One of them.
     *
     * @throws CapabilityException if the broker has no events
     */
    public Optional<SubscriptionInfo> find(String subscription) {
        return subscriptions().stream()
                .filter(each -> each.name().equals(subscription))
                .findFirst();
    }

    /**
     * The subscriptions that get events of this name, by name.
     *
     * @throws InvalidTaskException if the name is not one
     * @throws CapabilityException if the broker has no events
     */
    public List<SubscriptionInfo> receivers(String event) {
        EventPattern.checkEvent(event);
        return subscriptions().stream()
                .filter(each -> each.patterns().stream()
                        .anyMatch(text -> EventPattern.of(text).matches(event)))
                .toList();
    }

    /**
     * Makes a subscription, or adds patterns to one, as a worker that subscribes does at its start: for a subscriber that does
     * not do so by itself, such as a Go service that serves the queue {@code sub:<subscription>}. Every event that is published
     * after the return is in it. Idempotent.
     *
     * @param patterns at least one
     * @throws InvalidTaskException if a name is not one
     */
    public void subscribe(String subscription, Set<EventPattern> patterns) {
        Subscription.checkName(subscription);
        if (patterns.isEmpty()) {
            throw new ConfigurationException("The subscription " + subscription
                    + " has no pattern, and would get nothing; give it the name of an event, such as order.placed");
        }
        port().subscribe(subscription, patterns, Start.NOW);
    }

    /**
     * Removes a subscription with all its tasks and dead letters, except what runs. If a worker that subscribes to it goes on or
     * starts, it makes it anew.
     *
     * @return false if there is none
     */
    public boolean remove(String subscription) {
        return port().remove(subscription);
    }

    /**
     * Takes one pattern from a subscription; what it has got stays.
     *
     * @return false if there is no such subscription, or it has no such pattern
     */
    public boolean remove(String subscription, EventPattern pattern) {
        return port().remove(subscription, pattern);
    }

    <P> Published publish(EventType<P> event, P payload, Consumer<PublishOptions> options) {
        Envelope envelope = envelope(event, payload, new PublishOptions(), options);
        return switch (publisher.enqueue(envelope)) {
            case Receipt.Refused refused -> throw refused.why();
            case Receipt stored -> new Published(envelope.id());
        };
    }

    <P> List<PublishAnswer> publishAll(
            EventType<P> event, Collection<? extends P> payloads, Consumer<PublishOptions> options) {
        Bulk bulk = new Bulk();
        for (P payload : payloads) {
            PublishOptions chosen = new PublishOptions();
            try {
                bulk.send(envelope(event, payload, chosen, options));
            } catch (InvalidTaskException | CodecException e) {
                bulk.refuse(envelopes.id(chosen.toChoices().id()), e);
            }
        }
        return bulk.answers(
                publisher.enqueueAll(bulk.sent()),
                (id, receipt) ->
                        receipt instanceof Receipt.Refused refused ? new Refused(id, refused.why()) : new Published(id),
                refused -> refused);
    }

    private <P> Envelope envelope(
            EventType<P> event, P payload, PublishOptions chosen, Consumer<PublishOptions> options) {
        if (event.pattern().isWild()) {
            throw new ConfigurationException("The pattern " + event + " cannot be published; name one event");
        }
        types.check(event.spec());
        options.accept(chosen);
        return envelopes.make(event.spec(), payload, chosen.toChoices());
    }

    private Subscriptions port() {
        return part(Subscriptions.class);
    }

    private <T> T part(Class<T> port) {
        return broker.extension(port)
                .orElseThrow(() -> new CapabilityException("The broker "
                        + broker.profile().name() + " has no "
                        + (port == Subscriptions.class ? "events" : "access to the depth of its queues")
                        + "; use a broker that has (sqlite:, memory:)"));
    }
}
