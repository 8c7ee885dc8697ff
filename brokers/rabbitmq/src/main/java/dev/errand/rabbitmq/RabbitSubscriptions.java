package dev.errand.rabbitmq;

import com.rabbitmq.client.AMQP;
import dev.errand.CapabilityException;
import dev.errand.InvalidTaskException;
import dev.errand.StorageException;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Envelope;
import dev.errand.broker.EventPattern;
import dev.errand.broker.Receipt;
import dev.errand.broker.Subscription;
import dev.errand.broker.Subscriptions;
import dev.errand.broker.TaskFilter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Events by a topic exchange, to which each subscription's queue is bound: the broker makes the copies. What it cannot tell,
 * which subscriptions there are and what they are bound to, is kept in a queue: a message for each, of which the highest
 * revision counts.
 */
final class RabbitSubscriptions implements Subscriptions {
    private final RabbitBroker broker;

    RabbitSubscriptions(RabbitBroker broker) {
        this.broker = broker;
    }

    /** A subscription as it is kept. */
    private record Entry(Subscription subscription, long revision) {
        static Entry of(Message message) {
            Map<String, String> fields = Json.toMap(new String(message.body(), StandardCharsets.UTF_8));
            Set<EventPattern> patterns = new HashSet<>();
            Json.toTexts(fields.getOrDefault("patterns", "[]")).forEach(text -> patterns.add(EventPattern.of(text)));
            Subscription subscription = new Subscription(
                    fields.getOrDefault("name", ""),
                    patterns,
                    Instant.parse(fields.getOrDefault("created", "")),
                    Instant.parse(fields.getOrDefault("seen", "")));
            return new Entry(subscription, Long.parseLong(fields.getOrDefault("revision", "0")));
        }

        Parcel parcel(Layout layout) {
            Map<String, String> fields = new HashMap<>();
            fields.put("name", subscription.name());
            fields.put("patterns", Json.ofTexts(subscription.texts()));
            fields.put("created", String.valueOf(subscription.created()));
            fields.put("seen", String.valueOf(subscription.seen()));
            fields.put("revision", String.valueOf(revision));
            var properties = new AMQP.BasicProperties.Builder()
                    .deliveryMode(2)
                    .contentType("application/json")
                    .build();
            byte[] body = Json.ofMap(fields).getBytes(StandardCharsets.UTF_8);
            return new Parcel(null, new Delays.Address("", layout.subscriptions()), new Message(properties, body));
        }

        /** Two of the same revision were written by two at the same time: both are meant. */
        Entry merged(Entry other) {
            if (revision != other.revision) {
                return revision > other.revision ? this : other;
            }
            Set<EventPattern> all = new HashSet<>(subscription.patterns());
            all.addAll(other.subscription.patterns());
            Subscription both = new Subscription(subscription.name(), all, subscription.created(), subscription.seen());
            return new Entry(both, revision);
        }
    }

    /** Changes what is kept of one subscription; null: nothing. What it was before is dropped with the change's success. */
    private void change(String name, UnaryOperator<@Nullable Entry> change) {
        List<Long> tags = new ArrayList<>();
        Entry[] before = new Entry[1];
        broker.scans()
                .scan(
                        broker.layout().subscriptions(),
                        found -> {
                            Entry entry = Entry.of(found.message());
                            if (entry.subscription.name().equals(name)) {
                                tags.add(found.tag());
                                before[0] = before[0] == null ? entry : before[0].merged(entry);
                            }
                            return Scans.Fate.KEEP;
                        },
                        () -> {
                            Entry after = change.apply(before[0]);
                            if (after != null) {
                                store(after);
                            }
                            return tags;
                        });
    }

    private void store(Entry entry) {
        List<Publisher.Word> words = broker.publish(List.of(entry.parcel(broker.layout())));
        if (words.getFirst() != Publisher.Word.STORED) {
            throw new StorageException("RabbitMQ at " + broker.options() + " did not keep the subscription "
                    + entry.subscription.name() + ": the queue "
                    + broker.layout().subscriptions()
                    + " is not there, or full");
        }
    }

    @Override
    public void subscribe(String subscription, Set<EventPattern> patterns, Start start) {
        broker.requireOpen();
        if (start == Start.BEGINNING) {
            throw new CapabilityException("The subscription " + subscription
                    + " cannot begin in the past: RabbitMQ keeps no events (EVENT_HISTORY); start it with Start.NOW");
        }
        Instant now = broker.time().now();
        Entry[] stored = new Entry[1];
        change(subscription, before -> {
            Set<EventPattern> all = new HashSet<>(patterns);
            Instant created = now;
            if (before != null) {
                all.addAll(before.subscription.patterns());
                created = before.subscription.created();
            }
            stored[0] = new Entry(
                    new Subscription(subscription, all, created, now), before == null ? 1 : before.revision + 1);
            return stored[0];
        });
        Subscription made = stored[0].subscription;
        broker.names().add(made.queue());
        broker.topology().bind(made.queue(), keys(made.patterns()));
    }

    private static List<String> keys(Set<EventPattern> patterns) {
        return patterns.stream().map(RabbitSubscriptions::key).toList();
    }

    /** The exchange's {@code #} means no word, too. */
    private static String key(EventPattern pattern) {
        String text = pattern.text();
        return text.endsWith("**") ? text.substring(0, text.length() - 2) + "*.#" : text;
    }

    @Override
    public List<Subscription> list() {
        broker.requireOpen();
        Map<String, Entry> byName = new TreeMap<>();
        broker.scans().scan(broker.layout().subscriptions(), found -> {
            Entry entry = Entry.of(found.message());
            byName.merge(entry.subscription.name(), entry, Entry::merged);
            return Scans.Fate.KEEP;
        });
        return byName.values().stream().map(Entry::subscription).toList();
    }

    @Override
    public boolean remove(String subscription) {
        broker.requireOpen();
        AtomicReference<@Nullable Entry> was = new AtomicReference<>();
        change(subscription, before -> {
            was.set(before);
            return null;
        });
        Entry removed = was.get();
        if (removed == null) {
            return false;
        }
        String queue = removed.subscription.queue();
        if (broker.topology().look(broker.layout().queue(queue)).isPresent()) {
            broker.topology().unbind(queue, keys(removed.subscription.patterns()));
        }
        broker.topology().remove(queue);
        broker.names().remove(queue);
        broker.extension(DeadLetters.class).orElseThrow().purge(TaskFilter.ALL.inQueue(queue), Integer.MAX_VALUE);
        return true;
    }

    @Override
    public boolean remove(String subscription, EventPattern pattern) {
        broker.requireOpen();
        boolean[] had = new boolean[1];
        change(subscription, before -> {
            if (before == null || !before.subscription.patterns().contains(pattern)) {
                return before;
            }
            had[0] = true;
            Set<EventPattern> left = new HashSet<>(before.subscription.patterns());
            left.remove(pattern);
            Subscription kept =
                    new Subscription(subscription, left, before.subscription.created(), before.subscription.seen());
            return new Entry(kept, before.revision + 1);
        });
        if (had[0]) {
            broker.topology().unbind(Subscription.queueOf(subscription), List.of(key(pattern)));
        }
        return had[0];
    }

    @Override
    public List<Receipt> publish(List<Envelope> events) {
        broker.requireOpen();
        Receipt[] receipts = new Receipt[events.size()];
        List<Integer> places = new ArrayList<>(events.size());
        List<Parcel> parcels = new ArrayList<>(events.size());
        for (int i = 0; i < receipts.length; i++) {
            try {
                Envelope event = events.get(i).withQueue(Subscription.QUEUE_PREFIX);
                Message message = broker.writing().write(event, Writing.Stamp.NEW, null);
                parcels.add(new Parcel(null, new Delays.Address(broker.layout().events(), event.type()), message));
                places.add(i);
            } catch (InvalidTaskException e) {
                receipts[i] = new Receipt.Refused(e);
            }
        }
        // No queue may want it: then there is no subscription.
        List<Publisher.Word> words =
                parcels.isEmpty() ? List.of() : broker.publisher().publish(parcels);
        for (int i = 0; i < words.size(); i++) {
            String id = events.get(places.get(i)).id().value();
            receipts[places.get(i)] = words.get(i) != Publisher.Word.REFUSED
                    ? new Receipt.Stored()
                    : new Receipt.Refused(new StorageException("The event " + id + " was refused by RabbitMQ at "
                            + broker.options() + ": the queue of a subscription is full; work it off"));
        }
        return List.of(receipts);
    }
}
