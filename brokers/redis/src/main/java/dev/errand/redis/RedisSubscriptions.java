package dev.errand.redis;

import dev.errand.CapabilityException;
import dev.errand.broker.Envelope;
import dev.errand.broker.EventPattern;
import dev.errand.broker.Receipt;
import dev.errand.broker.Subscription;
import dev.errand.broker.Subscriptions;
import dev.errand.time.Time;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Subscriptions in three keys of ours: a set of {@code "name pattern"}, to which each process may add without reading, and two
 * hashes with the times. Every publish reads the set and stores a copy in each queue; copies are ordinary asynq tasks, so that a
 * Go worker of the queue {@code sub:name} is a subscriber.
 *
 * <p>The queues of one event are in different slots, so its copies are not stored in one atomic step. A subscription that is
 * removed while an event is being published may leave that event's task behind in its queue.
 */
final class RedisSubscriptions implements Subscriptions {
    /** Members: a subscription's name, a space, a pattern; neither has spaces. */
    private static final byte[] PATTERNS = Keys.bytes("asynq:errand:subscriptions");
    /** Name to milliseconds. */
    private static final byte[] CREATED = Keys.bytes("asynq:errand:subscriptions:created");
    /** Name to milliseconds. */
    private static final byte[] SEEN = Keys.bytes("asynq:errand:subscriptions:seen");

    private static final int PER_SWEEP = 500;
    /** Events at once; each becomes a task for each subscription. */
    private static final int EVENTS = 100;

    private final Link link;
    private final Time time;
    private final Enqueueing enqueueing;

    RedisSubscriptions(Link link, Time time, Enqueueing enqueueing) {
        this.link = link;
        this.time = time;
        this.enqueueing = enqueueing;
    }

    @Override
    public void subscribe(String subscription, Set<EventPattern> patterns, Start start) {
        if (start == Start.BEGINNING) {
            throw new CapabilityException("The subscription " + subscription
                    + " cannot begin in the past: Redis keeps no events; start it with Start.NOW");
        }
        byte[] name = Keys.bytes(Subscription.checkName(subscription));
        byte[] now = Keys.bytes(Long.toString(time.now().toEpochMilli()));
        // The queue first and the patterns last: from then on it gets events.
        link.call(c -> c.sadd(Keys.QUEUES, Keys.bytes(Subscription.queueOf(subscription))));
        link.call(c -> c.hsetnx(CREATED, name, now));
        link.call(c -> c.hset(SEEN, name, now));
        byte[][] members =
                patterns.stream().map(pattern -> member(subscription, pattern)).toArray(byte[][]::new);
        link.call(c -> c.sadd(PATTERNS, members));
    }

    private static byte[] member(String subscription, EventPattern pattern) {
        return Keys.bytes(subscription + ' ' + pattern.text());
    }

    @Override
    public List<Subscription> list() {
        Map<String, Set<EventPattern>> patterns = patterns();
        Map<String, Instant> seen = times(SEEN);
        List<Subscription> all = new ArrayList<>();
        times(CREATED)
                .forEach((name, created) -> all.add(new Subscription(
                        name, patterns.getOrDefault(name, Set.of()), created, seen.getOrDefault(name, created))));
        all.sort(Comparator.comparing(Subscription::name));
        return all;
    }

    private Map<String, Set<EventPattern>> patterns() {
        Map<String, Set<EventPattern>> patterns = new HashMap<>();
        for (byte[] member : link.call(c -> c.smembers(PATTERNS))) {
            String text = Keys.text(member);
            int cut = text.indexOf(' ');
            patterns.computeIfAbsent(text.substring(0, cut), name -> new HashSet<>())
                    .add(EventPattern.of(text.substring(cut + 1)));
        }
        return patterns;
    }

    private Map<String, Instant> times(byte[] key) {
        Map<String, Instant> times = new HashMap<>();
        link.call(c -> c.hgetall(key))
                .forEach((name, millis) ->
                        times.put(Keys.text(name), Instant.ofEpochMilli(Long.parseLong(Keys.text(millis)))));
        return times;
    }

    @Override
    public boolean remove(String subscription) {
        Set<EventPattern> patterns = patterns().getOrDefault(subscription, Set.of());
        if (!patterns.isEmpty()) {
            byte[][] members = patterns.stream()
                    .map(pattern -> member(subscription, pattern))
                    .toArray(byte[][]::new);
            link.call(c -> c.srem(PATTERNS, members));
        }
        boolean was = link.call(c -> c.hdel(CREATED, Keys.bytes(subscription))) > 0;
        link.call(c -> c.hdel(SEEN, Keys.bytes(subscription)));
        if (was) {
            sweep(Subscription.queueOf(subscription));
        }
        return was;
    }

    private void sweep(String queue) {
        long swept = PER_SWEEP;
        while (swept > 0) {
            swept = link.count(
                    Script.SWEEP, queue, Arguments.at(time.now().toEpochMilli()).add(PER_SWEEP));
        }
        if (link.call(c -> c.llen(Keys.bytes(Keys.prefix(queue) + "active"))) == 0) {
            link.call(c -> c.srem(Keys.QUEUES, Keys.bytes(queue)));
        }
    }

    @Override
    public boolean remove(String subscription, EventPattern pattern) {
        return link.call(c -> c.srem(PATTERNS, member(subscription, pattern))) > 0;
    }

    @Override
    public List<Receipt> publish(List<Envelope> events) {
        if (events.isEmpty()) {
            return List.of();
        }
        Map<String, Set<EventPattern>> patterns = patterns();
        List<Receipt> receipts = new ArrayList<>(events.size());
        for (int from = 0; from < events.size(); from += EVENTS) {
            receipts.addAll(publish(events.subList(from, Math.min(events.size(), from + EVENTS)), patterns));
        }
        return receipts;
    }

    private List<Receipt> publish(List<Envelope> events, Map<String, Set<EventPattern>> patterns) {
        List<Envelope> copies = new ArrayList<>();
        List<Integer> eventOf = new ArrayList<>();
        List<Receipt> receipts = new ArrayList<>(events.size());
        for (Envelope event : events) {
            patterns.forEach((subscription, wanted) -> {
                if (wanted.stream().anyMatch(pattern -> pattern.matches(event.type()))) {
                    copies.add(Subscription.copy(event, subscription));
                    eventOf.add(receipts.size());
                }
            });
            receipts.add(new Receipt.Stored());
        }
        List<Receipt> stored = enqueueing.enqueue(copies);
        for (int i = 0; i < stored.size(); i++) {
            if (stored.get(i) instanceof Receipt.Refused refused) {
                receipts.set(eventOf.get(i), refused);
            }
        }
        return receipts;
    }
}
