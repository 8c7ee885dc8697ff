package dev.errand.memory;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The tasks that fall due later, by that time; those of one instant in the order in which they came. */
final class DueLine {
    private final TreeSet<Entry> entries =
            new TreeSet<>(Comparator.comparing(DueLine::due).thenComparingLong(e -> e.order));
    private long order;
    private boolean sooner;

    void add(Entry entry) {
        entry.order = order++;
        entries.add(entry);
        sooner |= entries.first() == entry;
    }

    void remove(Entry entry) {
        entries.remove(entry);
    }

    /** The next task if it is due by {@code now}; null otherwise. */
    @Nullable
    Entry firstDue(Instant now) {
        return entries.isEmpty() || due(entries.first()).isAfter(now) ? null : entries.first();
    }

    /** When the next task falls due. */
    Optional<Instant> next() {
        return entries.isEmpty() ? Optional.empty() : Optional.of(due(entries.first()));
    }

    /** Whether, since the last such question, a task came that falls due before all others. */
    boolean becameSooner() {
        boolean was = sooner;
        sooner = false;
        return was;
    }

    private static Instant due(Entry entry) {
        Instant due = entry.due;
        if (due == null) {
            throw new IllegalStateException(entry.id() + " has no due time");
        }
        return due;
    }
}
