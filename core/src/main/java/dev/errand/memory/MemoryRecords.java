package dev.errand.memory;

import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import dev.errand.broker.Payload;
import dev.errand.broker.Settled;
import dev.errand.broker.TaskRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Steps, progress and log lines, kept with their task. */
final class MemoryRecords implements TaskRecords {
    private static final Settled DONE = new Settled.Done();
    private static final Settled STALE = new Settled.Stale();

    private final Room room;

    MemoryRecords(Room room) {
        this.room = room;
    }

    @Override
    public List<Settled> write(List<Note> notes) {
        return room.with(tasks -> {
            List<Settled> answers = new ArrayList<>(notes.size());
            notes.forEach(note -> answers.add(write(tasks, note)));
            return answers;
        });
    }

    private static Settled write(Tasks tasks, Note note) {
        Entry entry = tasks.find(note.lease().task());
        if (entry == null || !entry.isHeldBy(note.lease().token())) {
            return STALE;
        }
        Records records = entry.records;
        if (records == null) {
            records = new Records();
            entry.records = records;
        }
        switch (note) {
            case Note.StepDone step -> {
                if (!records.finish(step.name(), step.result())) {
                    return new Settled.Refused(tooMany(step));
                }
            }
            case Note.Came came -> records.progress = came.progress();
            case Note.Logged logged -> records.add(note.lease().token(), logged.number(), logged.line());
        }
        return DONE;
    }

    private static InvalidTaskException tooMany(Note.StepDone step) {
        return new InvalidTaskException("Task " + step.lease().task() + ": the step '" + step.name()
                + "' cannot be kept, because the task has " + MAX_STEPS
                + " already; do several things in one step, or enqueue child tasks");
    }

    @Override
    public Map<String, Payload> steps(TaskId id) {
        return of(id, Records::steps).orElse(Map.of());
    }

    @Override
    public Optional<Progress> progress(TaskId id) {
        return of(id, records -> records.progress == null ? Optional.<Progress>empty() : Optional.of(records.progress))
                .orElse(Optional.empty());
    }

    @Override
    public List<Line> log(TaskId id) {
        return of(id, Records::lines).orElse(List.of());
    }

    private <T> Optional<T> of(TaskId id, Function<Records, T> part) {
        return room.with(tasks -> {
            Entry entry = tasks.find(id);
            return entry == null || entry.records == null ? Optional.empty() : Optional.of(part.apply(entry.records));
        });
    }
}
