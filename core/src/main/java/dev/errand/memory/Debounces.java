package dev.errand.memory;

import dev.errand.TaskId;
import dev.errand.broker.Broker;
import dev.errand.broker.Debounce;
import dev.errand.broker.Envelope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The debounced tasks that wait or run, by type and key; of one key at most one waits. */
final class Debounces {
    private record Name(String type, String key) {}

    private final Map<Name, List<Entry>> open = new HashMap<>();

    /** The task that waits under the key of this one; null if none does. */
    @Nullable
    Entry waiting(Envelope task, Debounce debounce) {
        for (Entry entry : open.getOrDefault(name(task, debounce), List.of())) {
            if (entry.waits()) {
                return entry;
            }
        }
        return null;
    }

    /** The task that this very enqueue has replaced before, if that task still waits or runs; null if there is none. */
    @Nullable
    TaskId replacedBy(Envelope task, Debounce debounce) {
        for (Entry entry : open.getOrDefault(name(task, debounce), List.of())) {
            if (entry.replacedBy.contains(task.id())) {
                return entry.id();
            }
        }
        return null;
    }

    /** Remembers which enqueue has replaced the task. */
    static void remember(Entry entry, TaskId by) {
        List<TaskId> all = new ArrayList<>(entry.replacedBy);
        all.add(by);
        int size = all.size();
        entry.replacedBy =
                List.copyOf(size > Broker.REPLACEMENTS ? all.subList(size - Broker.REPLACEMENTS, size) : all);
    }

    /** The task waits, or waits again; it is debounced no more if another one of its key waits. */
    void waits(Entry entry, Debounce debounce) {
        List<Entry> all = open.computeIfAbsent(name(entry.envelope, debounce), n -> new ArrayList<>());
        boolean another = all.stream().anyMatch(other -> other != entry && other.waits());
        if (another) {
            ended(entry, debounce);
            entry.envelope = entry.envelope.withDebounce(null);
        } else if (!all.contains(entry)) {
            all.add(entry);
        }
    }

    /** The task has ended or is gone. */
    void ended(Entry entry, Debounce debounce) {
        open.computeIfPresent(name(entry.envelope, debounce), (name, all) -> {
            all.remove(entry);
            return all.isEmpty() ? null : all;
        });
    }

    private static Name name(Envelope task, Debounce debounce) {
        return new Name(task.type(), debounce.key());
    }
}
