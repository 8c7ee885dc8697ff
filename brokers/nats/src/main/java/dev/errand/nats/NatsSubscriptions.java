package dev.errand.nats;

import dev.errand.BrokerUnavailableException;
import dev.errand.CapabilityException;
import dev.errand.StorageException;
import dev.errand.broker.Envelope;
import dev.errand.broker.EventPattern;
import dev.errand.broker.Receipt;
import dev.errand.broker.Subscription;
import dev.errand.broker.Subscriptions;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.nats.client.support.JsonParseException;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Subscriptions are the messages of a stream, one under a subject each and replaced only if nobody was faster; a publish stores
 * a copy in the queue of each that matches. Before it does, it asks whether the stream has changed since they were read, so
 * that what begins after a subscription was made is in it.
 */
final class NatsSubscriptions implements Subscriptions {
    private static final int TRIES = 100;

    private record Kept(Subscription subscription, long sequence) {}

    /** What the stream holds, and by what it is seen that it still does. */
    private record Read(long last, long count, List<Subscription> all) {}

    private final Parts parts;
    private final Enqueueing enqueueing;
    private volatile @Nullable Read read;

    NatsSubscriptions(Parts parts, Enqueueing enqueueing) {
        this.parts = parts;
        this.enqueueing = enqueueing;
    }

    private String stream() {
        return parts.subjects().subscriptionStream();
    }

    // ---- subscribing

    @Override
    public void subscribe(String subscription, Set<EventPattern> patterns, Start start) {
        if (start == Start.BEGINNING) {
            throw new CapabilityException("The subscription " + subscription
                    + " cannot begin in the past: on NATS events are copied to the subscriptions that there are, and not"
                    + " kept (EVENT_HISTORY); start it now");
        }
        parts.link().requireUp();
        parts.topology().queue(Subscription.queueOf(subscription));
        change(subscription, before -> {
            Set<EventPattern> all = new HashSet<>(patterns);
            Instant now = parts.time().now();
            if (before != null) {
                all.addAll(before.patterns());
            }
            return new Subscription(subscription, all, before == null ? now : before.created(), now);
        });
    }

    private interface Change {
        /** What becomes of it; null: nothing. */
        @Nullable
        Subscription of(@Nullable Subscription before);
    }

    private boolean change(String name, Change change) {
        for (int i = 0; i < TRIES; i++) {
            Optional<Kept> before = find(name);
            Subscription next = change.of(before.map(Kept::subscription).orElse(null));
            if (next == null) {
                return false;
            }
            long expected = before.map(Kept::sequence).orElse(0L);
            switch (store(next, expected)) {
                case Publishing.Answer.Done done -> {
                    return true;
                }
                case Publishing.Answer.Occupied occupied -> {}
                case Publishing.Answer.Unroutable nowhere -> {
                    parts.topology().doubt();
                    parts.topology().shared();
                }
                case Publishing.Answer.Failed failed ->
                    throw JetStream.failed("to store the subscription " + name, failed.why());
            }
        }
        throw new BrokerUnavailableException(
                "The subscription " + name + " is changed all the time by others; it is tried again");
    }

    private Publishing.Answer store(Subscription subscription, long expected) {
        JsonText text = new JsonText().put("name", subscription.name());
        StringBuilder patterns = new StringBuilder("[");
        subscription
                .texts()
                .forEach(each -> patterns.append(patterns.length() > 1 ? "," : "")
                        .append('"')
                        .append(each)
                        .append('"'));
        text.putJson("patterns", patterns.append(']').toString());
        put(text, "created", subscription.created());
        put(text, "seen", subscription.seen());
        Future<Message> sent = parts.publishing()
                .send(
                        parts.subjects().subscription(subscription.name()),
                        new Headers(),
                        text.toString().getBytes(StandardCharsets.UTF_8),
                        String.format(
                                Locale.ROOT,
                                "s.%s.%d.%x",
                                subscription.name(),
                                expected,
                                parts.context().random().nextLong()),
                        expected);
        return parts.publishing().answer(sent, parts.link().deadline());
    }

    private static void put(JsonText text, String name, @Nullable Instant at) {
        if (at != null) {
            text.put(name, at.toString());
        }
    }

    // ---- reading

    private Optional<Kept> find(String name) {
        return parts.js().last(stream(), parts.subjects().subscription(name)).map(NatsSubscriptions::kept);
    }

    private static Kept kept(Stored message) {
        try {
            JsonValue json = JsonParser.parse(message.body());
            Set<EventPattern> patterns = new HashSet<>();
            JsonValue texts = json.map == null ? null : json.map.get("patterns");
            if (texts != null && texts.array != null) {
                texts.array.forEach(each -> patterns.add(EventPattern.of(String.valueOf(each.string))));
            }
            String name = String.valueOf(JetStream.text(json, "name"));
            return new Kept(
                    new Subscription(name, patterns, instant(json, "created"), instant(json, "seen")),
                    message.sequence());
        } catch (JsonParseException e) {
            throw new StorageException(
                    "The subscription under " + message.subject()
                            + " cannot be read; remove that message from its stream",
                    e);
        }
    }

    private static @Nullable Instant instant(JsonValue json, String name) {
        String text = JetStream.text(json, name);
        return text == null ? null : Instant.parse(text);
    }

    @Override
    public List<Subscription> list() {
        parts.link().requireUp();
        JsonValue state = parts.js()
                .find("STREAM.INFO." + stream(), "")
                .map(answer -> answer.get("state"))
                .orElse(JsonValue.NULL);
        long last = JetStream.longNumber(state, "last_seq");
        long count = JetStream.longNumber(state, "messages");
        Read known = read;
        if (known != null && known.last == last && known.count == count) {
            return known.all;
        }
        List<Subscription> all = readAll();
        // Of a change since then the numbers above know nothing, so that the next call reads again.
        read = new Read(last, count, all);
        return all;
    }

    private List<Subscription> readAll() {
        TreeMap<String, Subscription> byName = new TreeMap<>();
        long next = 1;
        while (true) {
            String body = new JsonText()
                    .put("seq", next)
                    .put("next_by_subj", parts.subjects().subscriptions())
                    .toString();
            Optional<Stored> message = parts.js()
                    .stored(
                            parts.js().ask("STREAM.MSG.GET." + stream(), body),
                            parts.link().deadline());
            if (message.isEmpty()) {
                return List.copyOf(byName.values());
            }
            Subscription each = kept(message.get()).subscription();
            byName.put(each.name(), each);
            next = message.get().sequence() + 1;
        }
    }

    // ---- removing

    @Override
    public boolean remove(String subscription) {
        parts.link().requireUp();
        Optional<Kept> kept = find(subscription);
        if (kept.isEmpty() || !parts.js().delete(stream(), kept.get().sequence())) {
            return false;
        }
        String queue = Subscription.queueOf(subscription);
        parts.topology().doubt();
        parts.js().find("STREAM.DELETE." + parts.subjects().taskStream(queue), "");
        purge(parts.subjects().delayStream(), parts.subjects().delayed(queue, ">"));
        purge(parts.subjects().deadStream(), parts.subjects().dead(queue, ">"));
        return true;
    }

    private void purge(String stream, String subject) {
        parts.js()
                .find(
                        "STREAM.PURGE." + stream,
                        new JsonText().put("filter", subject).toString());
    }

    @Override
    public boolean remove(String subscription, EventPattern pattern) {
        parts.link().requireUp();
        return change(subscription, before -> {
            if (before == null || !before.patterns().contains(pattern)) {
                return null;
            }
            Set<EventPattern> left = new HashSet<>(before.patterns());
            left.remove(pattern);
            return new Subscription(subscription, left, before.created(), before.seen());
        });
    }

    // ---- publishing

    @Override
    public List<Receipt> publish(List<Envelope> events) {
        if (events.isEmpty()) {
            return List.of();
        }
        List<Subscription> all = list();
        List<Envelope> copies = new ArrayList<>();
        List<Integer> counts = new ArrayList<>(events.size());
        for (Envelope event : events) {
            int before = copies.size();
            for (Subscription subscription : all) {
                if (subscription.gets(event.type())) {
                    copies.add(Subscription.copy(event, subscription.name()));
                }
            }
            counts.add(copies.size() - before);
        }
        List<Receipt> stored = enqueueing.enqueue(copies);
        List<Receipt> receipts = new ArrayList<>(events.size());
        int at = 0;
        for (int count : counts) {
            List<Receipt> mine = stored.subList(at, at + count);
            receipts.add(mine.stream()
                    .filter(Receipt.Refused.class::isInstance)
                    .findFirst()
                    .orElseGet(Receipt.Stored::new));
            at += count;
        }
        return receipts;
    }
}
