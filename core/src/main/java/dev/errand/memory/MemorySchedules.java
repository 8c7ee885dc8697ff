package dev.errand.memory;

import dev.errand.StorageException;
import dev.errand.TaskId;
import dev.errand.broker.Envelope;
import dev.errand.broker.Receipt;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.Signals;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The schedules. Everything here is touched under the broker's lock ({@link Room}) alone. */
final class MemorySchedules implements ScheduleStore {
    /** More are a mistake: a schedule is for a kind of work, and a delay for a single task. */
    private static final int MAX_SCHEDULES = 10_000;

    private static final class Kept {
        Stored stored;
        final Deque<Run> runs = new ArrayDeque<>();

        Kept(Stored stored) {
            this.stored = stored;
        }
    }

    private final Room room;
    private final Map<String, Kept> byName = new TreeMap<>();
    private long newestVersion;

    MemorySchedules(Room room) {
        this.room = room;
    }

    @Override
    public List<Stored> list() {
        return room.with(tasks -> all().toList());
    }

    private Stream<Stored> all() {
        return byName.values().stream().map(kept -> kept.stored);
    }

    @Override
    public Optional<Stored> find(String name) {
        return room.with(tasks -> Optional.ofNullable(byName.get(name)).map(kept -> kept.stored));
    }

    @Override
    public boolean put(Stored next, long expected) {
        return room.with(tasks -> {
            if (!isVersion(next.name(), expected)) {
                return false;
            }
            change(next);
            tasks.seats.all().forEach(seat -> room.tell(seat, Signals::schedulesChanged));
            return true;
        });
    }

    private boolean isVersion(String name, long expected) {
        Kept kept = byName.get(name);
        return (kept == null ? 0 : kept.stored.version()) == expected;
    }

    private Kept change(Stored next) {
        Kept kept = byName.get(next.name());
        if (kept == null) {
            if (byName.size() >= MAX_SCHEDULES) {
                throw new StorageException("The schedule " + next.name() + " was not stored: the in-memory broker has "
                        + MAX_SCHEDULES + " schedules already; use delayed tasks for what happens once");
            }
            kept = new Kept(next);
            byName.put(next.name(), kept);
        }
        kept.stored = next.withVersion(++newestVersion);
        return kept;
    }

    @Override
    public boolean delete(String name) {
        return room.with(tasks -> byName.remove(name) != null);
    }

    @Override
    public Optional<Instant> nextDue(Instant after) {
        return room.with(tasks -> all().filter(stored -> !stored.paused())
                .flatMap(stored -> Stream.ofNullable(stored.due()))
                .filter(due -> due.isAfter(after))
                .min(Comparator.naturalOrder()));
    }

    @Override
    public List<Stored> due(Instant now, int max) {
        return room.with(tasks -> all().filter(stored -> !stored.paused() && isDue(stored, now))
                .sorted(Comparator.comparing(Stored::due, Comparator.nullsLast(Comparator.naturalOrder())))
                .limit(max)
                .toList());
    }

    private static boolean isDue(Stored stored, Instant now) {
        Instant due = stored.due();
        return !stored.waiting().isEmpty() || (due != null && !due.isAfter(now));
    }

    @Override
    public Optional<List<Receipt>> advance(Stored next, long expected, List<Envelope> tasks, List<Run> runs) {
        return room.with(all -> {
            if (expected == 0 || !isVersion(next.name(), expected)) {
                return Optional.empty();
            }
            List<Receipt> receipts = enqueue(all, tasks);
            Map<TaskId, TaskId> duplicates = new HashMap<>();
            for (int i = 0; i < receipts.size(); i++) {
                if (receipts.get(i) instanceof Receipt.Duplicate duplicate) {
                    duplicates.put(tasks.get(i).id(), duplicate.existing());
                }
            }
            Kept kept = change(next);
            for (Run run : runs) {
                kept.runs.addFirst(told(run, run.task() == null ? null : duplicates.get(run.task())));
                if (kept.runs.size() > MAX_RUNS) {
                    kept.runs.removeLast();
                }
            }
            return Optional.of(receipts);
        });
    }

    /** All of them or, if one is refused, none. */
    private static List<Receipt> enqueue(Tasks all, List<Envelope> tasks) {
        List<Receipt> receipts = new ArrayList<>();
        List<Entry> added = new ArrayList<>();
        for (Envelope task : tasks) {
            boolean known = all.find(task.id()) != null;
            Receipt receipt = all.enqueue(task);
            if (receipt instanceof Receipt.Refused refused) {
                added.forEach(all::delete);
                throw refused.why();
            }
            Entry entry = all.find(task.id());
            if (!known && entry != null) {
                added.add(entry);
            }
            receipts.add(receipt);
        }
        return receipts;
    }

    private static Run told(Run run, @Nullable TaskId existing) {
        return existing == null ? run : new Run(run.due(), run.fired(), Result.DUPLICATE, existing);
    }

    @Override
    public List<Run> runs(String name, int limit) {
        return room.with(tasks -> Optional.ofNullable(byName.get(name)).stream()
                .flatMap(kept -> kept.runs.stream())
                .limit(limit)
                .toList());
    }
}
