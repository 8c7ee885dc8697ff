package dev.errand.bench;

import dev.errand.bench.measure.Census;
import dev.errand.bench.measure.Median;
import dev.errand.bench.measure.Samples;
import dev.errand.bench.report.Figures;
import dev.errand.bench.report.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Ours and bare in turns, so that whatever else the machine does hits both: a round of each that only warms up, then the
 * measured ones, every other time in the other order.
 */
final class Duel {
    /** One side. */
    interface Side {
        Round round(boolean warmUp) throws Exception;
    }

    private final Run run;
    private final String workload;
    private final List<Round> ours = new ArrayList<>();
    private final List<Round> bare = new ArrayList<>();
    private final Tally tally = new Tally();

    Duel(Run run, String workload) {
        this.run = run;
        this.workload = workload;
    }

    /** Puts down what became of the tasks of a round of ours. */
    void count(Census census) {
        tally.count(census);
    }

    Figures fight(String broker, Side ourSide, Optional<Side> bareSide) throws Exception {
        for (int i = 0; i <= run.plan().rounds(); i++) {
            boolean warmUp = i == 0;
            if (i % 2 == 0) {
                keep(ours, ourSide.round(warmUp), warmUp);
            }
            if (bareSide.isPresent()) {
                keep(bare, bareSide.get().round(warmUp), warmUp);
            }
            if (i % 2 == 1) {
                keep(ours, ourSide.round(warmUp), warmUp);
            }
            if (!warmUp) {
                run.output().progress(line(i));
            }
        }
        return figures(broker);
    }

    private static void keep(List<Round> rounds, Round round, boolean warmUp) {
        if (!warmUp) {
            rounds.add(round);
        }
    }

    private String line(int round) {
        return "%s: round %d of %d: %s/s%s"
                .formatted(
                        workload,
                        round,
                        run.plan().rounds(),
                        Numbers.rate(ours.getLast().rate()),
                        bare.isEmpty()
                                ? ""
                                : ", bare " + Numbers.rate(bare.getLast().rate()) + "/s");
    }

    private Figures figures(String broker) {
        Samples times = new Samples();
        ours.forEach(round -> times.add(round.times()));
        return tally.in(Figures.of(
                        broker, workload, ours.stream().mapToLong(Round::tasks).sum())
                .withRate(
                        Median.of(rates(ours)).orElse(0),
                        ours.stream().mapToDouble(Round::seconds).sum())
                .withBare(Median.of(rates(bare)))
                .withTimes(times.quantiles()));
    }

    private static double[] rates(List<Round> rounds) {
        return rounds.stream().mapToDouble(Round::rate).toArray();
    }
}
