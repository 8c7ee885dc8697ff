package dev.errand.bench;

import dev.errand.bench.report.Figures;
import dev.errand.bench.report.Numbers;
import java.util.List;
import java.util.OptionalDouble;

/** What can be said only of several workloads together. */
final class Comparison {
    private static final String ONE = "enqueue-1";
    private static final String MANY = "enqueue-64";

    private Comparison() {}

    /** Notes how many times the rate of one commit for each task many callers have. */
    static List<Figures> noted(List<Figures> all) {
        OptionalDouble single = all.stream()
                .filter(f -> f.workload().equals(ONE))
                .map(Figures::bareRate)
                .findFirst()
                .orElse(OptionalDouble.empty());
        return all.stream()
                .map(f -> f.workload().equals(MANY)
                                && single.isPresent()
                                && f.rate().isPresent()
                        ? f.note("%s times the rate of one bare commit for each task"
                                .formatted(Numbers.rate(f.rate().getAsDouble() / single.getAsDouble())))
                        : f)
                .toList();
    }
}
