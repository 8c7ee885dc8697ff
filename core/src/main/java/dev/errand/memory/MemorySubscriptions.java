package dev.errand.memory;

import dev.errand.CapabilityException;
import dev.errand.StorageException;
import dev.errand.TaskState;
import dev.errand.broker.Envelope;
import dev.errand.broker.EventPattern;
import dev.errand.broker.Receipt;
import dev.errand.broker.Subscription;
import dev.errand.broker.Subscriptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The subscriptions, and a copy of each event for each. Everything is touched under the broker's lock ({@link Room}) alone. */
final class MemorySubscriptions implements Subscriptions {
    /** More are a mistake: a subscription is for a service, not for a process or a request. */
    static final int MAX_SUBSCRIPTIONS = 1_000;

    /** The most events of one hold of the lock, and the most tasks that a removal looks at in one. */
    private static final int EVENTS = 100;

    private static final int SLICE = 4_096;

    private final Room room;
    private final Map<String, Subscription> byName = new TreeMap<>();

    MemorySubscriptions(Room room) {
        this.room = room;
    }

    @Override
    public void subscribe(String subscription, Set<EventPattern> patterns, Start start) {
        if (start == Start.BEGINNING) {
            throw new CapabilityException("The subscription " + subscription
                    + " cannot begin in the past: the in-memory broker keeps no events; start it with Start.NOW");
        }
        room.run(tasks -> {
            Subscription before = byName.get(subscription);
            if (before == null && byName.size() >= MAX_SUBSCRIPTIONS) {
                throw new StorageException("The subscription " + subscription
                        + " was not stored: the in-memory broker has " + MAX_SUBSCRIPTIONS
                        + " already; use one for a service, and remove those that are not needed");
            }
            Set<EventPattern> all = new HashSet<>(patterns);
            if (before != null) {
                all.addAll(before.patterns());
            }
            Subscription next =
                    new Subscription(subscription, all, before == null ? tasks.now() : before.created(), tasks.now());
            byName.put(subscription, next);
            tasks.serve(next.queue());
        });
    }

    @Override
    public List<Subscription> list() {
        return room.with(tasks -> List.copyOf(byName.values()));
    }

    @Override
    public boolean remove(String subscription) {
        boolean was = room.with(tasks -> byName.remove(subscription) != null);
        if (was) {
            Sweep sweep = new Sweep(Subscription.queueOf(subscription));
            boolean more = true;
            while (more) {
                more = room.with(tasks -> !byName.containsKey(subscription) && sweep.step(tasks));
            }
        }
        return was;
    }

    /** Deletes the tasks of a queue, in slices. */
    private static final class Sweep {
        private final String queue;
        private long at = Long.MAX_VALUE;

        Sweep(String queue) {
            this.queue = queue;
        }

        /** Whether there are more to look at. */
        boolean step(Tasks tasks) {
            for (int looked = 0; looked < SLICE; looked++) {
                Entry entry = tasks.roll.before(at);
                if (entry == null) {
                    tasks.dropQueue(queue);
                    return false;
                }
                if (entry.line.name.equals(queue) && entry.state != TaskState.ACTIVE) {
                    tasks.delete(entry);
                }
                at = entry.sequence;
            }
            return true;
        }
    }

    @Override
    public boolean remove(String subscription, EventPattern pattern) {
        return room.with(tasks -> {
            Subscription before = byName.get(subscription);
            if (before == null || !before.patterns().contains(pattern)) {
                return false;
            }
            Set<EventPattern> left = new HashSet<>(before.patterns());
            left.remove(pattern);
            byName.put(subscription, new Subscription(subscription, left, before.created(), before.seen()));
            return true;
        });
    }

    @Override
    public List<Receipt> publish(List<Envelope> events) {
        List<Receipt> receipts = new ArrayList<>(events.size());
        while (receipts.size() < events.size()) {
            int from = receipts.size();
            List<Envelope> slice = events.subList(from, Math.min(events.size(), from + EVENTS));
            room.run(tasks -> slice.forEach(event -> receipts.add(publish(tasks, event))));
        }
        return receipts;
    }

    /** Every subscription gets its copy or, if one is refused, none does. */
    private Receipt publish(Tasks tasks, Envelope event) {
        List<Entry> added = new ArrayList<>();
        for (Subscription subscription : byName.values()) {
            if (!subscription.gets(event.type())) {
                continue;
            }
            Envelope copy = Subscription.copy(event, subscription.name());
            boolean known = tasks.find(copy.id()) != null;
            if (tasks.enqueue(copy) instanceof Receipt.Refused refused) {
                added.forEach(tasks::delete);
                return refused;
            }
            Entry entry = tasks.find(copy.id());
            if (!known && entry != null) {
                added.add(entry);
            }
        }
        return new Receipt.Stored();
    }
}
