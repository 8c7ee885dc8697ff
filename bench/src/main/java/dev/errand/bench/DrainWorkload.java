package dev.errand.bench;

import dev.errand.bench.broker.Bare;
import dev.errand.bench.broker.Peer;
import dev.errand.bench.broker.Site;
import dev.errand.bench.measure.Census;
import dev.errand.bench.measure.Samples;
import dev.errand.bench.report.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A backlog that a worker runs, from its start until the last outcome is written down. The backlog is as large as the warm-up
 * says that a round needs, or as many as it is given. Bare: taken and completed in batches of 100, without handlers.
 *
 * @param concurrency the worker's
 * @param fixed how many tasks; 0: as many as a round needs
 */
record DrainWorkload(String name, int concurrency, int fixed) implements Workload {
    private static final int BARE_BATCH = 100;
    private static final int FIRST = 4_000;
    private static final int MOST = 1_000_000;

    @Override
    public boolean slow() {
        return fixed > 0;
    }

    @Override
    public List<Figures> run(Run run, Site site) throws Exception {
        Optional<Bare> bare = run.bare(site);
        try (Ours ours = new Ours(site.url())) {
            Duel duel = new Duel(run, name);
            int[] backlog = {FIRST};
            run.peer().ifPresent(peer -> beside(duel, run, site, peer));
            return duel.fight(
                    site.name(),
                    warmUp -> warmUp ? warmUp(run, ours, duel, backlog) : ours(ours, backlog[0], duel),
                    bare.map(client -> warmUp -> bare(client, warmUp ? FIRST : backlog[0])));
        } finally {
            if (bare.isPresent()) {
                bare.get().close();
            }
        }
    }

    /** With a backlog as large as its own rate needs, unless the number is given. */
    private void beside(Duel duel, Run run, Site site, Peer peer) {
        int[] backlog = {FIRST};
        duel.beside(peer.name(), warmUp -> {
            Peer.Measured measured = peer.drain(site, backlog[0], concurrency);
            if (warmUp) {
                double rate = measured.tasks() / measured.seconds();
                backlog[0] = fixed > 0 ? fixed : size(rate * run.plan().seconds());
            }
            return new Round(measured.tasks(), measured.seconds(), new Samples());
        });
    }

    /** Until a round takes so long that its rate says how large the others must be. */
    private Round warmUp(Run run, Ours ours, Duel duel, int[] backlog) {
        while (true) {
            Round round = ours(ours, backlog[0], duel);
            if (fixed > 0) {
                backlog[0] = fixed;
                return round;
            }
            if (round.seconds() > run.plan().seconds() / 2 || backlog[0] == MOST) {
                backlog[0] = size(round.rate() * run.plan().seconds());
                return round;
            }
            backlog[0] = size(backlog[0] * 4.0);
        }
    }

    private static int size(double wanted) {
        return (int) Math.max(FIRST, Math.min(MOST, wanted));
    }

    private Round ours(Ours ours, int backlog, Duel duel) {
        Census census = new Census();
        ours.fill(census, backlog, o -> {});
        double seconds = ours.drain(census, concurrency);
        duel.count(census);
        return new Round(backlog, seconds, new Samples());
    }

    private static Round bare(Bare client, int backlog) throws Exception {
        for (int left = backlog; left > 0; left -= BARE_BATCH) {
            List<byte[]> payloads = new ArrayList<>();
            for (int i = 0; i < Math.min(BARE_BATCH, left); i++) {
                payloads.add(Payload.of(i));
            }
            client.enqueue(payloads);
        }
        long start = System.nanoTime();
        int done = 0;
        for (int n = client.takeAndComplete(BARE_BATCH); n > 0; n = client.takeAndComplete(BARE_BATCH)) {
            done += n;
        }
        return new Round(done, (System.nanoTime() - start) / 1e9, new Samples());
    }
}
