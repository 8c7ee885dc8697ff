package dev.errand.redis;

import dev.errand.BrokerUnavailableException;
import dev.errand.ErrandException;
import dev.errand.TaskId;
import dev.errand.TaskState;
import dev.errand.broker.Broker;
import dev.errand.broker.Debounce;
import dev.errand.broker.Envelope;
import dev.errand.broker.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps it so that of one type and debounce key at most one task waits, whatever its queue. The key's tasks that wait or run are
 * remembered in a slot of their own, under a lock that lives for {@link OpenTasks#LIFE}; whether they do is looked up each time, so
 * that no end of a task can be missed. Whoever enqueues, or gives back, a debounced task takes the lock. Tasks are changed as they
 * were seen, so that a holder that stalls past its lock harms nothing but the promise that one waits. Thread-safe.
 */
final class Debouncing {
    private static final int STRIPES = 64;

    /** A task that is about to wait again. */
    record Place(String queue, Envelope task) {}

    private final RedisBroker broker;
    private final Reading reading;
    private final Rewriting rewriting;
    /** So that the threads of this process wait for each other without asking the server. */
    private final List<ReentrantLock> stripes =
            Stream.generate(ReentrantLock::new).limit(STRIPES).toList();

    Debouncing(RedisBroker broker, Reading reading, Rewriting rewriting) {
        this.broker = broker;
        this.reading = reading;
        this.rewriting = rewriting;
    }

    /** Puts the task into the place of the one that waits, or has it stored. */
    Receipt enqueue(Envelope task, Debounce debounce, Supplier<Receipt> store) {
        String name = Keys.debounced(task.type(), debounce.key());
        ReentrantLock local = stripe(name);
        local.lock();
        try (OpenTasks open = OpenTasks.lock(broker, name, debounce.latest())) {
            while (true) {
                Receipt receipt = attempt(task, open, store);
                if (receipt != null) {
                    return receipt;
                }
            }
        } finally {
            local.unlock();
        }
    }

    /** Null: what was looked at has changed. */
    private @Nullable Receipt attempt(Envelope task, OpenTasks open, Supplier<Receipt> store) {
        String id = task.id().value();
        if (open.exists(task.queue(), id)) {
            return store.get(); // which says whether it is a repeat
        }
        for (OpenTasks.Open each : open.look()) {
            if (each.id().equals(id)) {
                Reading.Found same = find(each);
                return same != null && task.isRepeatOf(same.info().envelope())
                        ? new Receipt.Stored()
                        : new Receipt.Duplicate(task.id());
            }
            if (each.replacedBy().contains(id)) {
                return new Receipt.Replaced(TaskId.of(each.id()));
            }
        }
        OpenTasks.Open waiting = open.waiting(null);
        if (waiting == null) {
            open.add(task.queue(), id);
            open.save();
            Receipt receipt = store.get();
            if (!(receipt instanceof Receipt.Stored)) {
                open.remove(id);
            }
            return receipt;
        }
        Reading.Found found = find(waiting);
        if (found == null || !isOfKey(task, found.info().envelope())) {
            open.remove(waiting.id());
            return null;
        }
        return replace(task, waiting, found, open) ? new Receipt.Replaced(TaskId.of(waiting.id())) : null;
    }

    /** An id may be another task's by now. */
    private static boolean isOfKey(Envelope task, Envelope waiting) {
        Debounce one = task.debounce();
        Debounce other = waiting.debounce();
        return one != null
                && other != null
                && one.key().equals(other.key())
                && task.type().equals(waiting.type());
    }

    private Reading.@Nullable Found find(OpenTasks.Open task) {
        return reading.show(task.queue(), List.of(Keys.bytes(task.id()))).stream()
                .findFirst()
                .orElse(null);
    }

    private boolean replace(Envelope task, OpenTasks.Open waiting, Reading.Found found, OpenTasks open) {
        TaskState state = found.info().state();
        if (state != TaskState.PENDING && state != TaskState.SCHEDULED && state != TaskState.RETRY) {
            return false;
        }
        Envelope next = task.replacing(found.info().envelope());
        Instant due = next.notBefore();
        boolean later = due != null && due.isAfter(broker.time().now());
        List<String> by = new ArrayList<>(waiting.replacedBy());
        by.add(task.id().value());
        int size = by.size();
        byte[] replacedBy = OpenTasks.encodeTexts(by.subList(Math.max(0, size - Broker.REPLACEMENTS), size));
        boolean done = rewriting.rewrite(found, next, later ? due : null, replacedBy);
        if (done && !next.queue().equals(found.queue())) {
            open.remove(waiting.id());
            open.add(next.queue(), waiting.id());
        }
        return done;
    }

    /** A task moves to another queue: remembers that. */
    void moved(Envelope task, Debounce debounce, String queue) {
        String name = Keys.debounced(task.type(), debounce.key());
        ReentrantLock local = stripe(name);
        local.lock();
        try (OpenTasks open = OpenTasks.lock(broker, name, debounce.latest())) {
            if (open.remove(task.id().value())) {
                open.add(queue, task.id().value());
            }
        } finally {
            local.unlock();
        }
    }

    /**
     * Before tasks wait again: each is debounced no more if another one of its key waits. What answers is to be closed when they
     * wait. Tasks that are not debounced cost nothing.
     *
     * @param place where a task will wait; null: it will not
     */
    <T> Returns<T> returning(List<T> items, Function<T, @Nullable Place> place) {
        Returns<T> returns = new Returns<>(items);
        Map<String, List<T>> byKey = new TreeMap<>(Debouncing::compare);
        for (T item : items) {
            Place at = place.apply(item);
            Debounce debounce = at == null ? null : at.task().debounce();
            if (at != null && debounce != null) {
                byKey.computeIfAbsent(Keys.debounced(at.task().type(), debounce.key()), k -> new ArrayList<>())
                        .add(item);
            }
        }
        try {
            byKey.forEach((name, some) -> returns.decide(name, some, place));
        } catch (ErrandException e) {
            returns.close();
            throw e;
        }
        return returns;
    }

    private ReentrantLock stripe(String name) {
        return stripes.get(stripeOf(name));
    }

    private static int stripeOf(String name) {
        return Math.floorMod(name.hashCode(), STRIPES);
    }

    /** The order in which all processes take several locks. */
    private static int compare(String one, String other) {
        int stripes = Integer.compare(stripeOf(one), stripeOf(other));
        return stripes == 0 ? one.compareTo(other) : stripes;
    }

    /** What was decided about tasks that wait again; holds the locks of their keys. Used by one thread. */
    final class Returns<T> implements AutoCloseable {
        private final List<T> items;
        private final IdentityHashMap<T, Envelope> changed = new IdentityHashMap<>();
        private final Deque<AutoCloseable> held = new ArrayDeque<>();

        private Returns(List<T> items) {
            this.items = items;
        }

        private void decide(String name, List<T> some, Function<T, @Nullable Place> place) {
            ReentrantLock local = stripe(name);
            local.lock();
            held.push(local::unlock);
            OpenTasks open = null;
            boolean comes = false;
            for (T item : some) {
                Place at = place.apply(item);
                Debounce debounce = at == null ? null : at.task().debounce();
                if (at == null || debounce == null) {
                    continue;
                }
                if (open == null) {
                    open = OpenTasks.lock(broker, name, debounce.latest());
                    held.push(open);
                    open.look();
                }
                String id = at.task().id().value();
                if (comes || open.waiting(id) != null) {
                    changed.put(item, at.task().withDebounce(null));
                    open.remove(id);
                } else {
                    comes = true;
                    open.add(at.queue(), id);
                }
            }
        }

        /** The items, with other tasks where those have changed. */
        List<T> changed(BiFunction<T, Envelope, T> change) {
            return changed.isEmpty()
                    ? items
                    : items.stream()
                            .map(item -> {
                                Envelope next = changed.get(item);
                                return next == null ? item : change.apply(item, next);
                            })
                            .toList();
        }

        /** The task as it is to wait. */
        Envelope task(T item, Envelope otherwise) {
            return changed.getOrDefault(item, otherwise);
        }

        /** The task's extras if they have changed; else empty. */
        byte[] extras(T item) {
            Envelope next = changed.get(item);
            return next == null ? Arguments.EMPTY : Messages.encode(next).extras();
        }

        @Override
        public void close() {
            while (!held.isEmpty()) {
                try {
                    held.pop().close();
                } catch (Exception e) {
                    throw new IllegalStateException("unlocking throws nothing", e);
                }
            }
        }
    }

    /** Longer than anybody holds a lock. */
    static BrokerUnavailableException tooLong(Link link, Duration waited) {
        return new BrokerUnavailableException(link + ": another process has held a debounce key for "
                + waited.toSeconds() + " s; it or the server is slow or stopped");
    }
}
