package dev.errand.bench;

import dev.errand.Worker;
import dev.errand.bench.broker.Site;
import dev.errand.bench.measure.Census;
import dev.errand.bench.measure.Median;
import dev.errand.bench.measure.Samples;
import dev.errand.bench.report.Figures;
import dev.errand.bench.report.Numbers;
import dev.errand.broker.Capability;
import dev.errand.broker.TaskFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A worker's rate while very many tasks wait, beside its rate on a backlog that is just as large as what is measured: of both,
 * how long it takes from a worker's start until it has run so many tasks, the median of the rounds. And how long people wait for
 * counts and for a list while a worker runs the rest.
 *
 * @param tasks how many wait
 */
record BacklogWorkload(String name, int tasks) implements Workload {
    private static final int CONCURRENCY = 64;
    private static final int PART = 50;
    /** Together they leave half of the backlog. */
    private static final int MOST_ROUNDS = 24;

    private static final int LOOKS = 15;
    private static final int PAGE = 100;
    private static final int PROGRESS = 10;

    @Override
    public boolean slow() {
        return true;
    }

    @Override
    public List<Figures> run(Run run, Site site) throws Exception {
        List<Figures> all = new ArrayList<>();
        try (Ours ours = new Ours(site.url())) {
            int part = Math.max(1, tasks / PART);
            double[] rates = new double[Math.min(run.plan().rounds(), MOST_ROUNDS)];
            Tally tally = new Tally();
            double alone = alone(run, ours, part, rates, tally);
            Census census = new Census();
            for (int i = 0; i < PROGRESS; i++) {
                ours.fill(census, tasks / PROGRESS, o -> {});
                run.output().progress(name + ": " + Numbers.count(census.count().acknowledged()) + " tasks wait");
            }
            for (int i = -1; i < rates.length; i++) {
                keep(rates, i, part / seconds(ours, census, part));
            }
            double rate = Median.of(rates).orElse(0);
            run.output().progress(name + ": " + Numbers.rate(rate) + "/s; running the rest");
            try (Worker worker = ours.worker(CONCURRENCY, census)) {
                Ours.awaitRuns(census, census.ran() + 1L);
                looks(ours, census, site, all);
                Ours.awaitRuns(census, census.count().acknowledged());
                worker.close();
            }
            tally.count(census);
            int some = part * rates.length;
            all.addFirst(tally.in(Figures.of(site.name(), name, some).withRate(rate, some / rate))
                    .note("%s times the rate on a backlog of %s alone, %s/s"
                            .formatted(Numbers.ratio(rate / alone), Numbers.count(part), Numbers.rate(alone))));
        }
        return all;
    }

    private double alone(Run run, Ours ours, int part, double[] rates, Tally tally) {
        for (int i = -1; i < rates.length; i++) {
            Census census = new Census();
            ours.fill(census, part, o -> {});
            keep(rates, i, part / seconds(ours, census, part));
            tally.count(census);
        }
        double median = Median.of(rates).orElse(0);
        run.output()
                .progress(name + ": " + Numbers.rate(median) + "/s on a backlog of " + Numbers.count(part) + " alone");
        return median;
    }

    /** The round before the first one only warms up. */
    private static void keep(double[] rates, int round, double rate) {
        if (round >= 0) {
            rates[round] = rate;
        }
    }

    /** From a worker's start until it has run so many more; what it has taken beyond is run and written down afterwards. */
    private static double seconds(Ours ours, Census census, int some) {
        long target = census.ran() + (long) some;
        long start = System.nanoTime();
        try (Worker worker = ours.worker(CONCURRENCY, census)) {
            Ours.awaitRuns(census, target);
            double seconds = (System.nanoTime() - start) / 1e9;
            worker.close();
            return seconds;
        }
    }

    private void looks(Ours ours, Census census, Site site, List<Figures> all) {
        if (ours.errand().profile().can(Capability.COUNTS)) {
            all.add(look(site, census, "counts", () -> ours.errand().queues().counts(Ours.QUEUE)));
        }
        if (ours.errand().profile().can(Capability.LIST)) {
            TaskFilter waiting = TaskFilter.ALL.inQueue(Ours.QUEUE);
            all.add(look(site, census, "list", () -> ours.errand().tasks().list(waiting, Optional.empty(), PAGE)));
        }
    }

    private Figures look(Site site, Census census, String what, Runnable call) {
        Samples times = new Samples();
        int ran = census.ran();
        long start = System.nanoTime();
        for (int i = 0; i < LOOKS; i++) {
            long before = System.nanoTime();
            call.run();
            times.add(System.nanoTime() - before);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return Figures.of(site.name(), name + "-" + what, LOOKS)
                .withRate(LOOKS / seconds, seconds)
                .withTimes(times.quantiles())
                .note(Numbers.count(census.ran() - ran) + " tasks ran meanwhile, of "
                        + Numbers.count(census.count().acknowledged() - ran) + " that waited");
    }
}
