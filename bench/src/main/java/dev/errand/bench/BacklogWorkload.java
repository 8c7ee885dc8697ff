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
 * A worker's rate while very many tasks wait, beside its rate on a backlog that it finishes; and how long people wait for
 * counts and for a list meanwhile.
 *
 * @param tasks how many wait
 */
record BacklogWorkload(String name, int tasks) implements Workload {
    private static final int CONCURRENCY = 64;
    private static final int PART = 50;
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
            Tally tally = new Tally();
            double empty = emptyRate(run, ours, part, tally);
            Census census = new Census();
            for (int i = 0; i < PROGRESS; i++) {
                ours.fill(census, tasks / PROGRESS, o -> {});
                run.output().progress(name + ": " + Numbers.count(census.count().acknowledged()) + " tasks wait");
            }
            looks(ours, site, all);
            int some = Math.min(tasks, part * run.plan().rounds());
            double seconds = seconds(ours, census, some);
            double rate = some / seconds;
            run.output().progress(name + ": " + Numbers.rate(rate) + "/s; draining the rest");
            ours.drain(census, CONCURRENCY);
            tally.count(census);
            all.addFirst(tally.in(Figures.of(site.name(), name, some).withRate(rate, seconds))
                    .note("%s times the rate on a backlog of %s alone, %s/s"
                            .formatted(Numbers.ratio(rate / empty), Numbers.count(part), Numbers.rate(empty))));
        }
        return all;
    }

    private double emptyRate(Run run, Ours ours, int part, Tally tally) {
        double[] rates = new double[run.plan().rounds()];
        for (int i = -1; i < rates.length; i++) {
            Census census = new Census();
            ours.fill(census, part, o -> {});
            double rate = part / ours.drain(census, CONCURRENCY);
            tally.count(census);
            if (i >= 0) {
                rates[i] = rate;
            }
        }
        double median = Median.of(rates).orElse(0);
        run.output()
                .progress(name + ": " + Numbers.rate(median) + "/s on a backlog of " + Numbers.count(part) + " alone");
        return median;
    }

    /** From a worker's start until it has run so many. */
    private static double seconds(Ours ours, Census census, int some) {
        long start = System.nanoTime();
        try (Worker worker = ours.worker(CONCURRENCY, census)) {
            Ours.awaitRuns(census, some);
            double seconds = (System.nanoTime() - start) / 1e9;
            worker.close();
            return seconds;
        }
    }

    private void looks(Ours ours, Site site, List<Figures> all) {
        if (ours.errand().profile().can(Capability.COUNTS)) {
            all.add(look(site, "counts", () -> ours.errand().queues().counts(Ours.QUEUE)));
        }
        if (ours.errand().profile().can(Capability.LIST)) {
            TaskFilter waiting = TaskFilter.ALL.inQueue(Ours.QUEUE);
            all.add(look(site, "list", () -> ours.errand().tasks().list(waiting, Optional.empty(), PAGE)));
        }
    }

    private Figures look(Site site, String what, Runnable call) {
        Samples times = new Samples();
        long start = System.nanoTime();
        for (int i = 0; i < LOOKS; i++) {
            long before = System.nanoTime();
            call.run();
            times.add(System.nanoTime() - before);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return Figures.of(site.name(), name + "-" + what, LOOKS)
                .withRate(LOOKS / seconds, seconds)
                .withTimes(times.quantiles());
    }
}
