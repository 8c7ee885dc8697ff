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
    private final List<Rival> rivals = new ArrayList<>();
    private final Tally tally = new Tally();

    private record Rival(String system, Side side, List<Round> rounds) {}

    Duel(Run run, String workload) {
        this.run = run;
        this.workload = workload;
    }

    /** Puts down what became of the tasks of a round of ours. */
    void count(Census census) {
        tally.count(census);
    }

    /** Another system, which takes its turn at the end of each round. */
    void beside(String system, Side side) {
        rivals.add(new Rival(system, side, new ArrayList<>()));
    }

    /** Answers our figures, and then those of the other systems. */
    List<Figures> fight(String broker, Side ourSide, Optional<Side> bareSide) throws Exception {
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
            for (Rival rival : rivals) {
                keep(rival.rounds(), rival.side().round(warmUp), warmUp);
            }
            if (!warmUp) {
                run.output().progress(line(i));
            }
        }
        List<Figures> all = new ArrayList<>(List.of(figures(broker)));
        for (Rival rival : rivals) {
            all.add(rivalFigures(broker, rival));
            double times = Median.of(rates(ours)).orElse(0)
                    / Median.of(rates(rival.rounds())).orElse(1);
            all.set(0, all.getFirst().note("%s times the rate of %s".formatted(Numbers.ratio(times), rival.system())));
        }
        return all;
    }

    private static void keep(List<Round> rounds, Round round, boolean warmUp) {
        if (!warmUp) {
            rounds.add(round);
        }
    }

    private String line(int round) {
        StringBuilder others = new StringBuilder();
        rivals.forEach(rival -> others.append(", %s %s/s"
                .formatted(rival.system(), Numbers.rate(rival.rounds().getLast().rate()))));
        return "%s: round %d of %d: %s/s%s%s"
                .formatted(
                        workload,
                        round,
                        run.plan().rounds(),
                        Numbers.rate(ours.getLast().rate()),
                        bare.isEmpty()
                                ? ""
                                : ", bare " + Numbers.rate(bare.getLast().rate()) + "/s",
                        others);
    }

    private Figures rivalFigures(String broker, Rival rival) {
        List<Round> rounds = rival.rounds();
        return Figures.of(
                        broker,
                        workload,
                        rounds.stream().mapToLong(Round::tasks).sum())
                .by(rival.system())
                .withRate(
                        Median.of(rates(rounds)).orElse(0),
                        rounds.stream().mapToDouble(Round::seconds).sum());
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
