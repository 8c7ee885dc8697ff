package dev.errand.bench;

import dev.errand.bench.broker.Folder;
import dev.errand.bench.broker.Site;
import dev.errand.bench.measure.Census;
import dev.errand.bench.measure.Samples;
import dev.errand.bench.process.Child;
import dev.errand.bench.report.Figures;
import dev.errand.broker.Capability;
import dev.errand.broker.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * 200 tasks a second for an idle worker in another process. The times are from the call of enqueue to the start of the
 * handler, by the wall clock that both processes share.
 */
record TwoProcessLatencyWorkload(String name) implements Workload {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LOOK = Duration.ofMillis(5).toNanos();

    @Override
    public boolean suits(Profile profile) {
        return profile.can(Capability.SHARED);
    }

    @Override
    public List<Figures> run(Run run, Site site) throws Exception {
        int tasks = LatencyWorkload.WARM_UP
                + (int) (LatencyWorkload.PER_SECOND * run.plan().steadySeconds());
        run.output()
                .progress(name + ": " + tasks + " tasks at " + LatencyWorkload.PER_SECOND + "/s to another process");
        AtomicLongArray sent = new AtomicLongArray(tasks);
        Census census = new Census();
        try (Ours ours = new Ours(site.url());
                Folder folder = Folder.make(run.scratch())) {
            Path ready = folder.path().resolve("ready");
            Path runs = folder.path().resolve("runs");
            try (Child worker = Child.start(
                    "worker",
                    folder.path(),
                    List.of("-Xmx256m"),
                    LatencyWorker.class,
                    List.of(site.url(), ready.toString(), runs.toString()))) {
                await(worker, ready);
                long start = System.nanoTime();
                Steady.load(LatencyWorkload.PER_SECOND, tasks, () -> {
                    int number = census.next();
                    byte[] payload = Payload.of(number);
                    sent.set(number, micros());
                    ours.errand().enqueue(Ours.TYPE, payload);
                    census.acknowledged(number);
                });
                double seconds = (System.nanoTime() - start) / 1e9;
                worker.endInput();
                if (!worker.awaitEnd(PATIENCE)) {
                    throw worker.trouble("does not end");
                }
                Samples times = read(runs, sent, census);
                Tally tally = new Tally();
                tally.count(census);
                return List.of(tally.in(Figures.of(site.name(), name, times.size())
                        .withRate(tasks / seconds, seconds)
                        .withTimes(times.quantiles())));
            }
        }
    }

    static long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    private static void await(Child worker, Path ready) throws IOException {
        long start = System.nanoTime();
        while (!Files.exists(ready)) {
            if (!worker.alive() || System.nanoTime() - start > PATIENCE.toNanos()) {
                throw worker.trouble("does not become ready");
            }
            LockSupport.parkNanos(LOOK);
        }
    }

    private static Samples read(Path runs, AtomicLongArray sent, Census census) throws IOException {
        Samples times = new Samples();
        for (String line : Files.readAllLines(runs)) {
            String[] parts = line.split(" ", -1);
            int number = Integer.parseInt(parts[0]);
            census.ran(number, Boolean.parseBoolean(parts[2]));
            if (number >= LatencyWorkload.WARM_UP) {
                times.add((Long.parseLong(parts[1]) - sent.get(number)) * 1_000);
            }
        }
        return times;
    }
}
