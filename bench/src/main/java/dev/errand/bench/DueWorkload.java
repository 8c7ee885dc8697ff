package dev.errand.bench;

import dev.errand.Worker;
import dev.errand.bench.broker.Site;
import dev.errand.bench.measure.Census;
import dev.errand.bench.measure.Samples;
import dev.errand.bench.report.Figures;
import dev.errand.bench.report.Numbers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Many tasks that fall due at one instant, on an idle worker. The times are by how much the handlers started later than that
 * instant. A start before it is a failure.
 *
 * @param tasks how many
 */
record DueWorkload(String name, int tasks) implements Workload {
    private static final int CONCURRENCY = 64;
    private static final Duration SHORTEST = Duration.ofMillis(500);

    private record Instance(Samples lateness, double enqueueSeconds) {}

    @Override
    public List<Figures> run(Run run, Site site) throws Exception {
        Samples times = new Samples();
        double first = 0;
        double last = 0;
        Tally tally = new Tally();
        try (Ours ours = new Ours(site.url())) {
            // The first one warms up, and tells how long the enqueueing takes.
            Duration ahead = Duration.ofSeconds(2);
            for (int i = 0; i <= run.plan().fewRounds(); i++) {
                Census census = new Census();
                Instance instance = once(ours, census, ahead);
                ahead = SHORTEST.plusMillis((long) (instance.enqueueSeconds() * 2_000));
                tally.count(census);
                if (i > 0) {
                    double earliest = instance.lateness().minMillis();
                    double latest =
                            instance.lateness().quantiles().orElseThrow().max();
                    first = i == 1 ? earliest : Math.abs(earliest) > Math.abs(first) ? earliest : first;
                    last += latest / 1e3;
                    times.add(instance.lateness());
                    run.output()
                            .progress("%s: round %d of %d: the first %s ms, the last %s ms after the time"
                                    .formatted(
                                            name,
                                            i,
                                            run.plan().fewRounds(),
                                            Numbers.millis(earliest),
                                            Numbers.millis(latest)));
                }
            }
        }
        boolean early = times.minMillis() < 0;
        return List.of(tally.in(Figures.of(site.name(), name, times.size())
                        .withRate(times.size() / last, last)
                        .withTimes(times.quantiles()))
                .note("the first start was " + Numbers.millis(first) + " ms after the time")
                .failedIf(early, "a task started before its time"));
    }

    private Instance once(Ours ours, Census census, Duration ahead) {
        AtomicLongArray late = new AtomicLongArray(tasks);
        AtomicLong due = new AtomicLong();
        try (Worker worker = ours.worker(CONCURRENCY, (payload, task) -> {
            long now = ChronoUnit.NANOS.between(Instant.ofEpochMilli(due.get()), Instant.now());
            late.compareAndSet(Payload.number(payload), 0, now);
            Ours.ran(census, payload, task);
        })) {
            Instant time = Instant.now().plus(ahead).truncatedTo(ChronoUnit.MILLIS);
            due.set(time.toEpochMilli());
            long start = System.nanoTime();
            ours.fill(census, tasks, o -> o.runAt(time));
            double seconds = (System.nanoTime() - start) / 1e9;
            Ours.awaitRuns(census, tasks);
            worker.close();
            Samples lateness = new Samples();
            for (int i = 0; i < tasks; i++) {
                lateness.add(late.get(i));
            }
            return new Instance(lateness, seconds);
        }
    }
}
