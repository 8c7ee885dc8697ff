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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * As many delayed tasks as the broker is asked for, with due times spread evenly over some seconds and enqueued in
 * another order, on an idle worker. The times are by how much the handlers started later than their tasks were due. A start
 * before that is a failure. All are stored before the first is due.
 *
 * @param spread from the first due time to the last
 */
record DelayedWorkload(String name, Duration spread) implements Workload {
    private static final int CONCURRENCY = 64;
    private static final int CALLERS = 64;
    /** Has no factor in common with any number of tasks that is asked for. */
    private static final long STRIDE = 7_919;

    private static final Duration SHORTEST = Duration.ofMillis(500);
    private static final int WARM_UP = 2_000;

    /** How it went; memory in bytes of this process. */
    private record Instance(
            Samples lateness, double enqueueSeconds, boolean inTime, long before, long waiting, long after) {}

    @Override
    public boolean slow() {
        return true;
    }

    @Override
    public List<Figures> run(Run run, Site site) throws Exception {
        int tasks = site.delayed();
        int rounds = run.plan().fewRounds();
        Samples times = new Samples();
        Tally tally = new Tally();
        double seconds = 0;
        List<String> notes = new ArrayList<>();
        try (Ours ours = new Ours(site.url())) {
            Instance warmUp = once(ours, tally, WARM_UP, Duration.ofSeconds(2), Duration.ofSeconds(1));
            Duration ahead = ahead(warmUp.enqueueSeconds() * tasks / WARM_UP);
            for (int i = 1; i <= rounds; i++) {
                Instance instance = once(ours, tally, tasks, ahead, spread);
                ahead = ahead(instance.enqueueSeconds());
                if (!instance.inTime()) {
                    notes.add(
                            "round " + i + ": the enqueueing took longer than was thought, so that some were due before"
                                    + " they were stored");
                }
                times.add(instance.lateness());
                seconds += spread.toMillis() / 1e3;
                notes.add("%s MiB of heap used before, %s when all waited, %s after"
                        .formatted(
                                mebibytes(instance.before()),
                                mebibytes(instance.waiting()),
                                mebibytes(instance.after())));
                run.output()
                        .progress("%s: round %d of %d: at most %s ms late"
                                .formatted(
                                        name,
                                        i,
                                        rounds,
                                        Numbers.millis(instance.lateness()
                                                .quantiles()
                                                .orElseThrow()
                                                .max())));
            }
        }
        Figures figures = tally.in(Figures.of(site.name(), name, times.size())
                .withRate(times.size() / seconds, seconds)
                .withTimes(times.quantiles()));
        for (String note : notes) {
            figures = figures.note(note);
        }
        return List.of(
                figures.note("the earliest start was " + Numbers.millis(times.minMillis()) + " ms after its time")
                        .failedIf(times.minMillis() < 0, "a task started before its time"));
    }

    /** From the first enqueue to the first due time. */
    private static Duration ahead(double enqueueSeconds) {
        return SHORTEST.plusMillis((long) (enqueueSeconds * 2_000));
    }

    private static Instance once(Ours ours, Tally tally, int tasks, Duration ahead, Duration spread) throws Exception {
        AtomicLongArray due = new AtomicLongArray(tasks);
        AtomicLongArray late = new AtomicLongArray(tasks);
        Census census = new Census();
        try (Worker worker = ours.worker(CONCURRENCY, (payload, task) -> {
            int number = Payload.number(payload);
            long now = ChronoUnit.NANOS.between(Instant.ofEpochMilli(due.get(number)), Instant.now());
            late.compareAndSet(number, 0, now);
            Ours.ran(census, payload, task);
        })) {
            long before = usedHeap();
            Instant first = Instant.now().plus(ahead).truncatedTo(ChronoUnit.MILLIS);
            for (int i = 0; i < tasks; i++) {
                long place = i * STRIDE % tasks;
                due.set(i, first.toEpochMilli() + place * spread.toMillis() / tasks);
            }
            long start = System.nanoTime();
            fill(ours, census, due);
            double seconds = (System.nanoTime() - start) / 1e9;
            boolean inTime = Instant.now().isBefore(first);
            long waiting = inTime ? usedHeap() : before;
            Ours.awaitRuns(census, tasks);
            worker.close();
            long after = usedHeap();
            tally.count(census);
            Samples lateness = new Samples();
            for (int i = 0; i < tasks; i++) {
                lateness.add(late.get(i));
            }
            return new Instance(lateness, seconds, inTime, before, waiting, after);
        }
    }

    private static void fill(Ours ours, Census census, AtomicLongArray due) throws Exception {
        AtomicInteger left = new AtomicInteger(due.length());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(threads.submit(() -> {
                    while (left.getAndDecrement() > 0) {
                        ours.enqueueAt(census, number -> Instant.ofEpochMilli(due.get(number)));
                    }
                }));
            }
            for (Future<?> caller : callers) {
                try {
                    caller.get();
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof Exception cause ? cause : e;
                }
            }
        }
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static String mebibytes(long bytes) {
        return Numbers.count(Math.max(0, bytes) >> 20);
    }
}
