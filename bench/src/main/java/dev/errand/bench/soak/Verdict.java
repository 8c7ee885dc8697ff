package dev.errand.bench.soak;

import java.util.List;
import java.util.Map;

/**
 * What the checker found.
 *
 * @param acknowledged tasks of which an enqueue was acknowledged
 * @param completed of these
 * @param dead of these, all of them with a good reason
 * @param crashed of the dead, those that went down with their workers too often
 * @param waiting of these: neither ended nor lost
 * @param unacknowledged tasks that ran although their enqueue failed for its caller
 * @param again why tasks were run again, and how often
 * @param failures one line for each thing that must not be, with the task's id
 */
record Verdict(
        long acknowledged,
        long completed,
        long dead,
        long crashed,
        long waiting,
        long unacknowledged,
        Map<Reason, Long> again,
        List<String> failures) {
    Verdict {
        again = Map.copyOf(again);
        failures = List.copyOf(failures);
    }

    long again(Reason reason) {
        return again.getOrDefault(reason, 0L);
    }

    /** Runs of tasks that had run before, without retries that were asked for and tasks that were given back. */
    long doubleRuns() {
        return again.entrySet().stream()
                .filter(e -> e.getKey() != Reason.RETRY && e.getKey() != Reason.GIVEN_BACK)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
