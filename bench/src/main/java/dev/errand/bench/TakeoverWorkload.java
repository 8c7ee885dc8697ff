package dev.errand.bench;

import dev.errand.Worker;
import dev.errand.bench.broker.Folder;
import dev.errand.bench.broker.Site;
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
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * A worker process is killed (SIGKILL) while it runs tasks, and another worker has nothing to do. The times are from the kill
 * until each of these tasks has started there.
 *
 * @param tasks how many the killed one runs
 */
record TakeoverWorkload(String name, int tasks) implements Workload {
    private static final int CONCURRENCY = 64;
    private static final long STALL = Duration.ofSeconds(60).toNanos();
    private static final long LOOK = Duration.ofMillis(5).toNanos();

    @Override
    public boolean slow() {
        return true;
    }

    @Override
    public boolean suits(Profile profile) {
        return profile.can(Capability.SHARED);
    }

    @Override
    public List<Figures> run(Run run, Site site) throws Exception {
        Samples times = new Samples();
        Tally tally = new Tally();
        double last = 0;
        try (Ours ours = new Ours(site.url());
                Folder folder = Folder.make(run.scratch())) {
            int rounds = run.plan().fewRounds();
            for (int i = 1; i <= rounds; i++) {
                Samples round = once(ours, site, folder, tally);
                double slowest = round.quantiles().orElseThrow().max();
                last += slowest / 1e3;
                times.add(round);
                run.output()
                        .progress("%s: round %d of %d: all run again %s ms after the kill"
                                .formatted(name, i, rounds, Numbers.millis(slowest)));
            }
        }
        return List.of(tally.in(Figures.of(site.name(), name, times.size())
                .withRate(times.size() / last, last)
                .withTimes(times.quantiles())));
    }

    private static void await(Path file, Child child) throws IOException {
        long start = System.nanoTime();
        while (!Files.exists(file)) {
            if (!child.alive()) {
                throw child.trouble("has ended");
            }
            if (System.nanoTime() - start > STALL) {
                throw child.trouble("does not run all tasks after a minute");
            }
            LockSupport.parkNanos(LOOK);
        }
    }

    private Samples once(Ours ours, Site site, Folder folder, Tally tally) throws Exception {
        Census census = new Census();
        AtomicLong killed = new AtomicLong();
        AtomicLongArray after = new AtomicLongArray(tasks);
        Path running = folder.path().resolve("running-" + System.nanoTime());
        List<String> arguments = List.of(site.url(), Integer.toString(tasks), running.toString());
        try (Child child = Child.start("victim", folder.path(), List.of("-Xmx256m"), TakeoverWorker.class, arguments)) {
            ours.fill(census, tasks, o -> {});
            await(running, child);
            try (Worker worker = ours.worker(CONCURRENCY, (payload, task) -> {
                after.compareAndSet(Payload.number(payload), 0, System.nanoTime() - killed.get());
                Ours.ran(census, payload, task);
            })) {
                killed.set(System.nanoTime());
                child.kill();
                Ours.awaitRuns(census, tasks);
                worker.close();
            }
        }
        tally.count(census);
        Samples times = new Samples();
        for (int i = 0; i < tasks; i++) {
            times.add(after.get(i));
        }
        return times;
    }
}
