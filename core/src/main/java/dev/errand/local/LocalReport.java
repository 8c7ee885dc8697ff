package dev.errand.local;

import java.util.List;

/**
 * What a close did not let finish.
 *
 * @param leftovers in no particular order
 */
public record LocalReport(List<Leftover> leftovers) {
    /** Copies the list. */
    public LocalReport {
        leftovers = List.copyOf(leftovers);
    }

    /** Whether everything has ended. */
    public boolean complete() {
        return leftovers.isEmpty();
    }
}
