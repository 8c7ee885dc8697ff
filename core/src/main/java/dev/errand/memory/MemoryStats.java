package dev.errand.memory;

import dev.errand.TaskId;
import dev.errand.TaskState;
import dev.errand.broker.QueueStats;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What is in the queues, from counts that every move keeps. */
final class MemoryStats implements QueueStats {
    private final Room room;

    MemoryStats(Room room) {
        this.room = room;
    }

    @Override
    public List<String> queues() {
        return room.with(
                tasks -> tasks.queues().stream().map(line -> line.name).sorted().toList());
    }

    @Override
    public long depth(String queue) {
        return room.with(tasks -> {
            QueueLine line = tasks.queue(queue);
            return line == null ? 0L : line.ready.size();
        });
    }

    @Override
    public Map<TaskState, Long> counts(String queue) {
        return room.with(tasks -> {
            QueueLine line = tasks.queue(queue);
            return line == null ? Map.of() : line.counts();
        });
    }

    @Override
    public Optional<Instant> oldestReady(String queue) {
        return room.with(tasks -> {
            QueueLine line = tasks.queue(queue);
            return line == null ? Optional.empty() : line.ready.oldest();
        });
    }

    @Override
    public OptionalLong ahead(TaskId id) {
        return room.with(tasks -> {
            Entry entry = tasks.find(id);
            return entry == null || entry.state != TaskState.PENDING
                    ? OptionalLong.empty()
                    : OptionalLong.of(entry.line.ready.ahead(entry));
        });
    }
}
