package dev.errand.memory;

import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Page;
import dev.errand.broker.TaskEdit;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.TaskStore;
import dev.errand.time.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Single tasks: finding, listing, cancelling, awaiting. */
final class MemoryStore implements TaskStore {
    /** How many tasks a listing looks at before it lets others in. */
    private static final int SLICE = 4_096;

    private final Room room;

    MemoryStore(Room room) {
        this.room = room;
    }

    @Override
    public Optional<TaskInfo> find(TaskId id) {
        return room.with(tasks -> Optional.ofNullable(tasks.find(id)).map(Entry::info));
    }

    @Override
    public Page<TaskInfo> list(TaskFilter filter, Optional<String> cursor, int limit) {
        if (limit < 1 || limit > 1_000) {
            throw new InvalidTaskException("A page cannot have " + limit + " tasks; ask for 1 to 1,000");
        }
        Walk walk = new Walk(filter, cursor.map(MemoryStore::sequence).orElse(Long.MAX_VALUE), limit);
        boolean more = true;
        while (more) {
            more = room.with(walk::step);
        }
        return walk.page();
    }

    private static long sequence(String cursor) {
        try {
            return Long.parseLong(cursor);
        } catch (NumberFormatException e) {
            throw new InvalidTaskException(
                    "The cursor '" + (cursor.length() > 40 ? cursor.substring(0, 40) + "…" : cursor)
                            + "' is not one that this broker gave; list from the start, without a cursor",
                    e);
        }
    }

    /** A listing under way, in slices. */
    private static final class Walk {
        private final TaskFilter filter;
        private final int limit;
        private final List<TaskInfo> found = new ArrayList<>();
        private long at;
        private long lastFound;
        private Optional<String> next = Optional.empty();

        Walk(TaskFilter filter, long from, int limit) {
            this.filter = filter;
            this.at = from;
            this.limit = limit;
        }

        /** Looks at some tasks; whether there are more to look at. */
        boolean step(Tasks tasks) {
            for (int looked = 0; looked < SLICE; looked++) {
                Entry entry = tasks.roll.before(at);
                if (entry == null) {
                    return false;
                }
                if (entry.matches(filter)) {
                    if (found.size() == limit) {
                        next = Optional.of(Long.toString(lastFound));
                        return false;
                    }
                    found.add(entry.info());
                    lastFound = entry.sequence;
                }
                at = entry.sequence;
            }
            return true;
        }

        Page<TaskInfo> page() {
            return new Page<>(found, next);
        }
    }

    @Override
    public CancelAnswer cancel(TaskId id, String reason, Duration retention) {
        return room.with(tasks -> {
            Entry entry = tasks.find(id);
            if (entry == null) {
                return CancelAnswer.UNKNOWN;
            }
            if (entry.state.ended()) {
                return CancelAnswer.ENDED;
            }
            Duration keep =
                    retention.isPositive() ? retention : entry.envelope.policy().retention();
            Seat seat = entry.holder;
            if (seat == null) {
                tasks.cancel(entry, reason, keep);
                return CancelAnswer.CANCELLED;
            }
            entry.cancelRequest = new Entry.CancelRequest(reason, keep);
            room.tell(seat, signals -> signals.cancel(id));
            return CancelAnswer.REQUESTED;
        });
    }

    @Override
    public boolean runNow(TaskId id) {
        return room.with(tasks -> {
            Entry entry = tasks.find(id);
            if (entry == null || (entry.state != TaskState.SCHEDULED && entry.state != TaskState.RETRY)) {
                return false;
            }
            tasks.makeReady(entry, false);
            return true;
        });
    }

    @Override
    public EditAnswer edit(TaskId id, TaskEdit edit) {
        return room.with(tasks -> {
            Entry entry = tasks.find(id);
            if (entry == null) {
                return EditAnswer.UNKNOWN;
            }
            if (!entry.waits()) {
                return EditAnswer.NOT_WAITING;
            }
            tasks.edit(entry, edit);
            return EditAnswer.EDITED;
        });
    }

    @Override
    public boolean delete(TaskId id) {
        return room.with(tasks -> {
            Entry entry = tasks.find(id);
            if (entry == null || entry.state == TaskState.ACTIVE) {
                return false;
            }
            tasks.delete(entry);
            return true;
        });
    }

    @Override
    public Optional<TaskInfo> awaitEnd(TaskId id, Duration max) throws InterruptedException {
        Countdown wait = new Countdown(room.time, max);
        Signal ended = new Signal(room.time);
        room.run(tasks -> tasks.watchers.add(id, ended));
        try {
            while (true) {
                Optional<TaskInfo> task = find(id);
                Duration left = wait.left();
                if (task.isEmpty() || task.get().state().ended() || !left.isPositive()) {
                    return task;
                }
                ended.await(left);
            }
        } finally {
            room.runUnlessClosed(tasks -> tasks.watchers.remove(id, ended));
        }
    }
}
