package dev.errand.explain;

import dev.errand.explain.Finding.Level;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * How a broker, its queues, workers and schedules are.
 *
 * @param at when this was found out
 * @param findings the bad ones first
 */
public record Checkup(Instant at, List<Finding> findings) {
    /** Sorts the findings. */
    public Checkup {
        findings = findings.stream()
                .sorted(Comparator.comparing(Finding::level).reversed())
                .toList();
    }

    /** The worst level among the findings. */
    public Level worst() {
        return findings.stream()
                .map(Finding::level)
                .max(Comparator.naturalOrder())
                .orElse(Level.OK);
    }
}
