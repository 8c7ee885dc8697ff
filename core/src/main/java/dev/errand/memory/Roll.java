package dev.errand.memory;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All tasks in the order of their enqueues, to be walked both ways from any place. Kept in pages of consecutive numbers, so
 * that adding and removing cost next to nothing; a page goes with its last task.
 */
final class Roll {
    private static final int PAGE = 64;

    private static final class Sheet {
        final @Nullable Entry[] entries = new @Nullable Entry[PAGE];
        int used;
    }

    private final TreeMap<Long, Sheet> sheets = new TreeMap<>();
    private @Nullable Sheet newest;
    private long newestNumber = -1;
    private long next;

    /** The number for the next task. */
    long nextSequence() {
        return next;
    }

    void add(Entry entry) {
        if (entry.sequence != next) {
            throw new IllegalStateException(entry.id() + " is out of sequence");
        }
        long number = next++ / PAGE;
        Sheet sheet = newest;
        if (sheet == null || number != newestNumber) {
            if (sheet != null && sheet.used == 0) {
                sheets.remove(newestNumber);
            }
            sheet = new Sheet();
            sheets.put(number, sheet);
            newest = sheet;
            newestNumber = number;
        }
        sheet.entries[(int) (entry.sequence % PAGE)] = entry;
        sheet.used++;
    }

    void remove(Entry entry) {
        long number = entry.sequence / PAGE;
        Sheet sheet = number == newestNumber ? newest : sheets.get(number);
        if (sheet == null) {
            throw new IllegalStateException(entry.id() + " is not on the roll");
        }
        sheet.entries[(int) (entry.sequence % PAGE)] = null;
        // The newest page stays while it fills.
        if (--sheet.used == 0 && number != newestNumber) {
            sheets.remove(number);
        }
    }

    /** The newest task older than {@code sequence}; null if there is none. */
    @Nullable
    Entry before(long sequence) {
        for (var page = sheets.floorEntry((sequence - 1) / PAGE);
                page != null;
                page = sheets.lowerEntry(page.getKey())) {
            long start = page.getKey() * PAGE;
            for (int i = (int) (Math.min(sequence, start + PAGE) - start) - 1; i >= 0; i--) {
                Entry entry = page.getValue().entries[i];
                if (entry != null) {
                    return entry;
                }
            }
        }
        return null;
    }

    /** The oldest task newer than {@code sequence}; null if there is none. */
    @Nullable
    Entry after(long sequence) {
        for (var page = sheets.ceilingEntry((sequence + 1) / PAGE);
                page != null;
                page = sheets.higherEntry(page.getKey())) {
            long start = page.getKey() * PAGE;
            for (int i = (int) (Math.max(sequence + 1, start) - start); i < PAGE; i++) {
                Entry entry = page.getValue().entries[i];
                if (entry != null) {
                    return entry;
                }
            }
        }
        return null;
    }
}
