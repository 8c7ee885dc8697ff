package dev.errand.worker;

import dev.errand.Load;
import dev.errand.broker.TakeRequest.Demand;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who runs and who waits: the worker's slots, the limits of each queue and type, and the few tasks that were taken ahead.
 *
 * <p>What waits here has room under its queue's and type's limits already, so it needs nothing but a free slot; what came
 * beyond a limit is turned away. Thread-safe; one short lock.
 */
final class Bench {
    /** What became of a delivery. */
    enum Seat {
        /** It has a slot: run it. */
        RUN,
        /** It waits for a slot. */
        WAIT,
        /** Its type or queue is full here: give it back. */
        FULL
    }

    /**
     * What to ask the broker for.
     *
     * @param max altogether
     * @param free slots that nobody waits for
     * @param demands each queue's share; queues without room are missing
     * @param typeRoom the limited types' room
     * @param constrained whether some queue or type has no room now
     */
    record Ask(int max, int free, List<Demand> demands, Map<String, Integer> typeRoom, boolean constrained) {}

    private static final class Room {
        final int max;
        int used;

        Room(int max) {
            this.max = max;
        }

        int left() {
            return max - used;
        }
    }

    private static final int MOST_UNKNOWN = 1_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Room> queues = new HashMap<>();
    private final Map<HandlerTable.Registration, Room> types = new HashMap<>();
    private final Set<String> unknown = new HashSet<>();
    private final ArrayDeque<Attempt> waiting = new ArrayDeque<>();
    private final int concurrency;
    private final Room suspects = new Room(1);
    private int free;
    private boolean closed;
    private volatile int waitingCount;

    Bench(WorkerConfig config) {
        this.concurrency = config.concurrency();
        this.free = concurrency;
        config.queues().forEach((name, queue) -> {
            if (queue.max() != Integer.MAX_VALUE) {
                queues.put(name, new Room(queue.max()));
            }
        });
        config.handlers().registrations().stream()
                .filter(HandlerTable.Registration::limited)
                .forEach(r -> types.put(r, new Room(r.max())));
    }

    /** How much there is room for, with up to {@code lookAhead} tasks beyond the free slots. */
    Ask ask(List<String> order, int lookAhead) {
        lock.lock();
        try {
            int max = free + lookAhead - waiting.size();
            boolean constrained = false;
            List<Demand> demands = new ArrayList<>(order.size());
            for (String queue : order) {
                Room room = queues.get(queue);
                int left = room == null ? max : Math.min(max, room.left());
                if (left > 0) {
                    demands.add(new Demand(queue, left));
                } else {
                    constrained = true;
                }
            }
            Map<String, Integer> typeRoom = new HashMap<>();
            unknown.forEach(type -> typeRoom.put(type, 0));
            for (Map.Entry<HandlerTable.Registration, Room> type : types.entrySet()) {
                int left = Math.max(0, type.getValue().left());
                constrained |= left == 0;
                typeRoom.put(type.getKey().spec().name(), left);
                type.getKey().spec().aliases().forEach(alias -> typeRoom.put(alias, left));
            }
            return new Ask(max, free, demands, typeRoom, constrained);
        } finally {
            lock.unlock();
        }
    }

    /** There is no handler for this type: from now on the broker is asked to leave its tasks to others. */
    void unknown(String type) {
        lock.lock();
        try {
            if (unknown.size() < MOST_UNKNOWN) {
                unknown.add(type);
            }
        } finally {
            lock.unlock();
        }
    }

    Seat seat(Attempt attempt) {
        lock.lock();
        try {
            Room queue = queues.get(attempt.lease().queue());
            Room type = attempt.registration == null ? null : types.get(attempt.registration);
            if (closed
                    || (attempt.suspect && suspects.left() < 1)
                    || (queue != null && queue.left() < 1)
                    || (type != null && type.left() < 1)) {
                return Seat.FULL;
            }
            if (attempt.suspect) {
                suspects.used++;
            }
            if (queue != null) {
                queue.used++;
            }
            if (type != null) {
                type.used++;
            }
            if (free > 0) {
                free--;
                return Seat.RUN;
            }
            waiting.add(attempt);
            waitingCount = waiting.size();
            return Seat.WAIT;
        } finally {
            lock.unlock();
        }
    }

    /** A running attempt's slot is free again; answers who gets it. */
    @Nullable
    Attempt leave(Attempt ended) {
        lock.lock();
        try {
            vacate(ended);
            Attempt next = waiting.poll();
            waitingCount = waiting.size();
            if (next == null) {
                free++;
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Takes one that waits away; false if it does not wait (any more). */
    boolean remove(Attempt one) {
        lock.lock();
        try {
            boolean was = waiting.remove(one);
            if (was) {
                waitingCount = waiting.size();
                vacate(one);
            }
            return was;
        } finally {
            lock.unlock();
        }
    }

    /** Nobody sits down from now on; answers those that wait. */
    List<Attempt> close() {
        lock.lock();
        try {
            closed = true;
            List<Attempt> all = new ArrayList<>(waiting);
            waiting.clear();
            waitingCount = 0;
            all.forEach(this::vacate);
            return all;
        } finally {
            lock.unlock();
        }
    }

    private void vacate(Attempt one) {
        if (one.suspect) {
            suspects.used--;
        }
        Room queue = queues.get(one.lease().queue());
        if (queue != null) {
            queue.used--;
        }
        Room type = one.registration == null ? null : types.get(one.registration);
        if (type != null) {
            type.used--;
        }
    }

    boolean limits(Attempt one) {
        return queues.containsKey(one.lease().queue())
                || (one.registration != null && types.containsKey(one.registration));
    }

    int waitingCount() {
        return waitingCount;
    }

    /** How busy it is, with so many outcomes that are not written down yet. */
    Load load(int settling) {
        lock.lock();
        try {
            return new Load(concurrency, concurrency - free, free, waiting.size(), settling);
        } finally {
            lock.unlock();
        }
    }

    int running() {
        lock.lock();
        try {
            return concurrency - free;
        } finally {
            lock.unlock();
        }
    }
}
