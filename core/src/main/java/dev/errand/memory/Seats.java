package dev.errand.memory;

import dev.errand.ConfigurationException;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The registered workers, and those whose take is blocked.
 *
 * <p>A wake is neither lost nor a stampede: what becomes ready wakes, longest waiting first, only as many takers as it can
 * feed; and a taker that leaves while one of its queues still has something for another waiting taker wakes that one
 * ({@link MemoryIntake} does so on every way out).
 */
final class Seats {
    private final Map<String, Seat> byWorker = new LinkedHashMap<>();
    private final Set<Seat> waiting = new LinkedHashSet<>();

    Collection<Seat> all() {
        return Collections.unmodifiableCollection(byWorker.values());
    }

    void add(Seat seat) {
        if (byWorker.putIfAbsent(seat.spec.id(), seat) != null) {
            throw new ConfigurationException("A worker with the id '" + seat.spec.id()
                    + "' is registered already; give each worker an id of its own");
        }
    }

    void remove(Seat seat) {
        stopWaiting(seat);
        byWorker.remove(seat.spec.id(), seat);
    }

    boolean anyWaiting() {
        return !waiting.isEmpty();
    }

    void startWaiting(Seat seat, Seat.Wish wish) {
        seat.wish = wish;
        waiting.add(seat);
    }

    void stopWaiting(Seat seat) {
        seat.wish = null;
        waiting.remove(seat);
    }

    /** Wakes as many waiting takers as the queue's ready tasks can feed. */
    void wake(QueueLine line) {
        long left = line.paused == null ? line.ready.size() : 0;
        Iterator<Seat> each = waiting.iterator();
        while (left > 0 && each.hasNext()) {
            Seat seat = each.next();
            int appetite = seat.appetite(line);
            if (appetite > 0) {
                left -= appetite;
                each.remove();
                seat.wish = null;
                seat.wake.raise();
            }
        }
    }
}
