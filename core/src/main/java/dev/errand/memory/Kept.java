package dev.errand.memory;

import java.time.Instant;
import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The completed and cancelled tasks, by the time until which they are kept. */
final class Kept {
    private final TreeSet<Entry> entries =
            new TreeSet<>(Comparator.comparing(Kept::until).thenComparingLong(e -> e.sequence));

    void add(Entry entry) {
        entries.add(entry);
    }

    void remove(Entry entry) {
        entries.remove(entry);
    }

    /** The first whose retention is over by {@code now}; null if there is none. */
    @Nullable
    Entry firstOver(Instant now) {
        return entries.isEmpty() || until(entries.first()).isAfter(now) ? null : entries.first();
    }

    private static Instant until(Entry entry) {
        Instant until = entry.keptUntil;
        if (until == null) {
            throw new IllegalStateException(entry.id() + " has no retention");
        }
        return until;
    }
}
