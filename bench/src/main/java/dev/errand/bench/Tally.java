package dev.errand.bench;

import dev.errand.bench.measure.Census;
import dev.errand.bench.report.Figures;

/** What became of the tasks of several rounds. For one thread. */
final class Tally {
    private long lost;
    private long duplicates;
    private long unexplained;

    /** One round more. */
    void count(Census census) {
        Census.Count count = census.count();
        lost += count.lost();
        duplicates += count.duplicates();
        unexplained += count.unexplained();
    }

    Figures in(Figures figures) {
        return figures.withCensus(lost, duplicates, unexplained);
    }
}
