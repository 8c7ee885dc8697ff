package dev.errand.bench;

import dev.errand.Worker;
import dev.errand.bench.broker.Site;
import dev.errand.bench.measure.Census;
import dev.errand.bench.measure.Median;
import dev.errand.bench.report.Figures;
import dev.errand.bench.report.Numbers;
import dev.errand.broker.Capability;
import dev.errand.broker.Profile;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Tasks that are enqueued in bulk, run and settled while very many others run on the same queue, beside the same without
 * those; and how long it takes to write these down when all of them end at once.
 *
 * @param running how many run meanwhile
 */
record RunningWorkload(String name, int running) implements Workload {
    private static final int ROOM = 64;
    private static final int PART = 20_000;

    private record Pass(double rate, double endSeconds) {}

    @Override
    public boolean slow() {
        return true;
    }

    @Override
    public boolean suits(Profile profile) {
        return profile.can(Capability.COUNTS);
    }

    @Override
    public List<Figures> run(Run run, Site site) throws Exception {
        int rounds = run.plan().fewRounds();
        double[] among = new double[rounds];
        double[] alone = new double[rounds];
        double[] ends = new double[rounds];
        Tally tally = new Tally();
        try (Ours ours = new Ours(site.url())) {
            for (int i = -1; i < rounds; i++) {
                Pass without = pass(ours, 0, tally);
                Pass with = pass(ours, running, tally);
                if (i >= 0) {
                    alone[i] = without.rate();
                    among[i] = with.rate();
                    ends[i] = with.endSeconds();
                    run.output()
                            .progress("%s: round %d of %d: %s/s, without them %s/s"
                                    .formatted(
                                            name,
                                            i + 1,
                                            rounds,
                                            Numbers.rate(with.rate()),
                                            Numbers.rate(without.rate())));
                }
            }
        }
        double rate = Median.of(among).orElse(0);
        double rateAlone = Median.of(alone).orElse(1);
        return List.of(tally.in(
                        Figures.of(site.name(), name, (long) PART * rounds).withRate(rate, rounds * PART / rate))
                .note("%s times the rate without them, %s/s; they are written down in %s ms when all end at once"
                        .formatted(
                                Numbers.ratio(rate / rateAlone),
                                Numbers.rate(rateAlone),
                                Numbers.millis(Median.of(ends).orElse(0) * 1e3))));
    }

    private static Pass pass(Ours ours, int held, Tally tally) throws InterruptedException {
        Census census = new Census();
        CountDownLatch end = new CountDownLatch(1);
        double seconds;
        long ended;
        try (Worker worker = ours.worker(held + ROOM, (payload, task) -> {
            Ours.ran(census, payload, task);
            if (Payload.number(payload) < held) {
                end.await();
            }
        })) {
            if (held > 0) {
                ours.fill(census, held, o -> {});
                ours.awaitRunning(held);
            }
            long start = System.nanoTime();
            ours.fill(census, PART, o -> {});
            Ours.awaitRuns(census, held + PART);
            ours.awaitRunning(held);
            seconds = (System.nanoTime() - start) / 1e9;
            ended = System.nanoTime();
            end.countDown();
            ours.awaitRunning(0);
            ended = System.nanoTime() - ended;
            worker.close();
        } finally {
            end.countDown();
        }
        tally.count(census);
        return new Pass(PART / seconds, ended / 1e9);
    }
}
