package dev.errand.bench;

import dev.errand.Worker;
import dev.errand.bench.broker.Bare;
import dev.errand.bench.broker.Site;
import dev.errand.bench.measure.Census;
import dev.errand.bench.measure.Samples;
import dev.errand.bench.report.Figures;
import dev.errand.bench.report.Numbers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * 200 tasks a second for an idle worker in the same process. The times are from the call of enqueue to the start of the
 * handler, so the commit is in them.
 */
record LatencyWorkload(String name) implements Workload {
    static final int PER_SECOND = 200;
    static final int WARM_UP = 400;
    private static final int CONCURRENCY = 64;
    private static final int BARE_COMMITS = 200;

    @Override
    public List<Figures> run(Run run, Site site) throws Exception {
        int tasks = WARM_UP + (int) (PER_SECOND * run.plan().steadySeconds());
        run.output().progress(name + ": " + tasks + " tasks at " + PER_SECOND + "/s");
        AtomicLongArray sent = new AtomicLongArray(tasks);
        AtomicLongArray waited = new AtomicLongArray(tasks);
        Census census = new Census();
        long start;
        long end;
        try (Ours ours = new Ours(site.url());
                Worker worker = ours.worker(CONCURRENCY, (payload, task) -> {
                    int number = Payload.number(payload);
                    waited.compareAndSet(number, 0, System.nanoTime() - sent.get(number));
                    Ours.ran(census, payload, task);
                })) {
            start = System.nanoTime();
            Steady.load(PER_SECOND, tasks, () -> {
                int number = census.next();
                byte[] payload = Payload.of(number);
                sent.set(number, System.nanoTime());
                ours.errand().enqueue(Ours.TYPE, payload);
                census.acknowledged(number);
            });
            end = System.nanoTime();
            Ours.awaitRuns(census, census.count().acknowledged());
            worker.close();
        }
        Samples times = new Samples();
        for (int i = WARM_UP; i < tasks; i++) {
            if (waited.get(i) != 0) {
                times.add(waited.get(i)); // The others never ran: they are counted as lost.
            }
        }
        Tally tally = new Tally();
        tally.count(census);
        double seconds = (end - start) / 1e9;
        Figures figures = tally.in(Figures.of(site.name(), name, times.size())
                .withRate(tasks / seconds, seconds)
                .withTimes(times.quantiles()));
        return List.of(withBareCommit(run, site, figures));
    }

    private static Figures withBareCommit(Run run, Site site, Figures figures) throws Exception {
        Optional<Bare> bare = run.bare(site);
        if (bare.isEmpty()) {
            return figures;
        }
        Samples commits = new Samples();
        try (Bare client = bare.get()) {
            for (int i = 0; i < BARE_COMMITS; i++) {
                long before = System.nanoTime();
                client.enqueue(List.of(Payload.of(i)));
                commits.add(System.nanoTime() - before);
            }
        }
        return commits.quantiles()
                .map(q -> figures.note("the bare client needs " + Numbers.millis(q.p50()) + " ms (p50; p99 "
                        + Numbers.millis(q.p99()) + " ms) to store one task alone"))
                .orElse(figures);
    }
}
