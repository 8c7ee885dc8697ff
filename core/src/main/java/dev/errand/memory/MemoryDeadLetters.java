package dev.errand.memory;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Page;
import dev.errand.broker.TaskFilter;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The dead letters, in the order of their enqueues. */
final class MemoryDeadLetters implements DeadLetters {
    /** How many tasks a bulk call looks at before it lets others in. */
    private static final int SLICE = 4_096;

    private final Room room;
    private final MemoryStore store;

    MemoryDeadLetters(Room room, MemoryStore store) {
        this.room = room;
        this.store = store;
    }

    @Override
    public Page<TaskInfo> list(TaskFilter filter, Optional<String> cursor, int limit) {
        return store.list(filter.in(TaskState.DEAD), cursor, limit);
    }

    @Override
    public Optional<TaskInfo> show(TaskId id) {
        return store.find(id).filter(task -> task.state() == TaskState.DEAD);
    }

    @Override
    public int count(TaskFilter filter, int max) {
        return all(filter, max, (tasks, entry) -> {});
    }

    @Override
    public boolean redrive(TaskId id) {
        return one(id, Tasks::redrive);
    }

    @Override
    public int redriveAll(TaskFilter filter, int max) {
        return all(filter, max, Tasks::redrive);
    }

    @Override
    public boolean delete(TaskId id) {
        return one(id, Tasks::delete);
    }

    @Override
    public int purge(TaskFilter filter, int max) {
        return all(filter, max, Tasks::delete);
    }

    private boolean one(TaskId id, BiConsumer<Tasks, Entry> action) {
        return room.with(tasks -> {
            Entry entry = tasks.find(id);
            if (entry == null || entry.state != TaskState.DEAD) {
                return false;
            }
            action.accept(tasks, entry);
            return true;
        });
    }

    private int all(TaskFilter filter, int max, BiConsumer<Tasks, Entry> action) {
        Sweep sweep = new Sweep(filter.in(TaskState.DEAD), max, action);
        boolean more = max > 0;
        while (more) {
            more = room.with(sweep);
        }
        return sweep.done;
    }

    /** A bulk call under way, in slices, from the oldest task to the newest; true while there are more to look at. */
    private static final class Sweep implements Function<Tasks, Boolean> {
        private final TaskFilter filter;
        private final int max;
        private final BiConsumer<Tasks, Entry> action;
        private long at = -1;
        private int done;

        Sweep(TaskFilter filter, int max, BiConsumer<Tasks, Entry> action) {
            this.filter = filter;
            this.max = max;
            this.action = action;
        }

        @Override
        public Boolean apply(Tasks tasks) {
            for (int looked = 0; looked < SLICE; looked++) {
                Entry entry = tasks.roll.after(at);
                if (entry == null) {
                    return false;
                }
                at = entry.sequence;
                if (entry.matches(filter)) {
                    action.accept(tasks, entry);
                    if (++done == max) {
                        return false;
                    }
                }
            }
            return true;
        }
    }
}
