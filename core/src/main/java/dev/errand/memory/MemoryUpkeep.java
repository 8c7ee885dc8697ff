package dev.errand.memory;

import dev.errand.AttemptError;
import dev.errand.broker.Upkeep;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The chores. No worker can die without the broker, so {@link #recover} has lapsed leases alone to look after. */
final class MemoryUpkeep implements Upkeep {
    private final Room room;

    MemoryUpkeep(Room room) {
        this.room = room;
    }

    @Override
    public Due promote(int max) {
        return room.with(tasks -> {
            int promoted = 0;
            Entry entry;
            while (promoted < max && (entry = tasks.dueLine.firstDue(tasks.now())) != null) {
                tasks.makeReady(entry, false);
                promoted++;
            }
            return new Due(promoted, tasks.dueLine.next());
        });
    }

    @Override
    public int recover(int max) {
        return room.with(tasks -> {
            List<Entry> lapsed = new ArrayList<>();
            for (Seat seat : tasks.seats.all()) {
                for (Entry held = seat.leases.first(); held != null && isLapsed(held, tasks.now()); held = held.after) {
                    lapsed.add(held);
                }
            }
            lapsed.sort(Comparator.comparing(MemoryUpkeep::lapse));
            List<Entry> oldest = lapsed.subList(0, Math.min(Math.max(max, 0), lapsed.size()));
            // The last lapsed first, so that the first lapsed ends up before it.
            oldest.reversed().forEach(entry -> takeBack(tasks, entry));
            return oldest.size();
        });
    }

    private static void takeBack(Tasks tasks, Entry entry) {
        Seat seat = entry.holder;
        String worker = seat == null ? "" : seat.spec.id();
        var history = entry.envelope.history();
        entry.envelope = entry.envelope.withHistory(
                history.crashed(AttemptError.crash(worker, "lease ran out", tasks.now(), history.attempts() + 1)));
        if (!tasks.cancelledOnRequest(entry)) {
            tasks.makeReady(entry, true);
        }
    }

    private static boolean isLapsed(Entry entry, Instant now) {
        return !lapse(entry).isAfter(now);
    }

    private static Instant lapse(Entry entry) {
        Instant until = entry.leaseUntil;
        if (until == null) {
            throw new IllegalStateException(entry.id() + " has no lease");
        }
        return until;
    }

    @Override
    public Pruned prune(DeadLetterLimits limits, int max) {
        return room.with(tasks -> {
            int ended = 0;
            int dead = 0;
            Entry entry;
            while (ended < max && (entry = tasks.firstOver()) != null) {
                tasks.drop(entry);
                ended++;
            }
            for (QueueLine line : tasks.queues()) {
                while (ended + dead < max
                        && (entry = line.cancelled.first()) != null
                        && line.cancelled.size() > limits.perQueue()) {
                    tasks.delete(entry);
                    ended++;
                }
                while (ended + dead < max
                        && (entry = line.dead.first()) != null
                        && (line.dead.size() > limits.perQueue() || isOlder(entry, tasks.now(), limits))) {
                    tasks.delete(entry);
                    dead++;
                }
            }
            return new Pruned(ended, dead);
        });
    }

    private static boolean isOlder(Entry entry, Instant now, DeadLetterLimits limits) {
        Instant ended = entry.ended;
        return ended != null && limits.age().compareTo(Duration.between(ended, now)) <= 0;
    }
}
