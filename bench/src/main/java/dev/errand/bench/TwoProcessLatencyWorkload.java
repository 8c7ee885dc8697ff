package dev.errand.bench;

import dev.errand.bench.broker.Folder;
import dev.errand.bench.broker.Site;
import dev.errand.bench.broker.Wire;
import dev.errand.bench.measure.Census;
import dev.errand.bench.measure.Samples;
import dev.errand.bench.process.Child;
import dev.errand.bench.report.Figures;
import dev.errand.bench.report.Numbers;
import dev.errand.broker.Capability;
import dev.errand.broker.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * 200 tasks a second for an idle worker in another process. The times are from the call of enqueue to the start of the
 * handler, by the wall clock that both processes share. Bare, where there is a {@link Wire}: from the sending of a number to its
 * coming, at the same rate.
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
        Samples times = new Samples();
        double seconds;
        try (Ours ours = new Ours(site.url())) {
            Line came = (number, micros, crashed) -> {
                census.ran(number, crashed);
                add(times, number, micros, sent);
            };
            seconds = load(run, site, LatencyWorker.class, tasks, came, () -> {
                int number = census.next();
                byte[] payload = Payload.of(number);
                sent.set(number, micros());
                ours.errand().enqueue(Ours.TYPE, payload);
                census.acknowledged(number);
            });
        }
        Tally tally = new Tally();
        tally.count(census);
        Figures figures = tally.in(Figures.of(site.name(), name, times.size())
                .withRate(tasks / seconds, seconds)
                .withTimes(times.quantiles()));
        return List.of(withBare(run, site, tasks, figures));
    }

    /** What a listener has written of one number. */
    private interface Line {
        void read(int number, long micros, boolean crashed);
    }

    private static void add(Samples times, int number, long micros, AtomicLongArray sent) {
        if (number >= LatencyWorkload.WARM_UP) {
            times.add((micros - sent.get(number)) * 1_000);
        }
    }

    /** The same load on the bare client, so that the two can be told apart. */
    private static Figures withBare(Run run, Site site, int tasks, Figures figures) throws Exception {
        Optional<Wire> found = run.wire(site);
        if (found.isEmpty()) {
            return figures;
        }
        AtomicLongArray sent = new AtomicLongArray(tasks);
        AtomicInteger next = new AtomicInteger();
        Samples times = new Samples();
        try (Wire wire = found.get()) {
            Line came = (number, micros, crashed) -> add(times, number, micros, sent);
            load(run, site, wire.listener(), tasks, came, () -> {
                int number = next.getAndIncrement();
                sent.set(number, micros());
                wire.send(number);
            });
        }
        return times.quantiles()
                .map(q -> figures.note("a number by the bare client alone reaches another process in "
                        + Numbers.millis(q.p50()) + " ms (p50; p99 " + Numbers.millis(q.p99()) + " ms)"))
                .orElse(figures);
    }

    /** Answers how many seconds it took to send all. */
    private static double load(Run run, Site site, Class<?> listener, int tasks, Line line, Runnable send)
            throws Exception {
        try (Folder folder = Folder.make(run.scratch())) {
            Path ready = folder.path().resolve("ready");
            Path runs = folder.path().resolve("runs");
            try (Child worker = Child.start(
                    "worker",
                    folder.path(),
                    List.of("-Xmx256m"),
                    listener,
                    List.of(site.url(), ready.toString(), runs.toString()))) {
                await(worker, ready);
                long start = System.nanoTime();
                Steady.load(LatencyWorkload.PER_SECOND, tasks, send);
                double seconds = (System.nanoTime() - start) / 1e9;
                worker.endInput();
                if (!worker.awaitEnd(PATIENCE)) {
                    throw worker.trouble("does not end");
                }
                for (String each : Files.readAllLines(runs)) {
                    String[] parts = each.split(" ", -1);
                    boolean crashed = parts.length > 2 && Boolean.parseBoolean(parts[2]);
                    line.read(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), crashed);
                }
                return seconds;
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
}
