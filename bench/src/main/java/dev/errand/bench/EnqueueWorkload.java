package dev.errand.bench;

import dev.errand.bench.broker.Bare;
import dev.errand.bench.broker.Peer;
import dev.errand.bench.broker.Site;
import dev.errand.bench.measure.Census;
import dev.errand.bench.measure.Samples;
import dev.errand.bench.report.Figures;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Callers that enqueue for a while, one task or one bulk after the other. The times are those of single calls. What they have
 * stored is run and counted between the rounds. Bare: as many callers with a minimal batcher, or bulks of the same size.
 *
 * @param callers how many
 * @param bulk tasks of a call
 */
record EnqueueWorkload(String name, int callers, int bulk) implements Workload {
    private static final int DRAIN_CONCURRENCY = 64;
    private static final int DRAIN_BATCH = 1_000;

    @Override
    public List<Figures> run(Run run, Site site) throws Exception {
        Optional<Bare> bare = run.bare(site);
        try (Ours ours = new Ours(site.url())) {
            Duel duel = new Duel(run, name);
            if (bulk == 1) {
                run.peer()
                        .ifPresent(peer -> duel.beside(peer.name(), warmUp -> {
                            Peer.Measured measured = peer.enqueue(site, callers, time(run, warmUp) / 1e9);
                            return new Round(measured.tasks(), measured.seconds(), new Samples());
                        }));
            }
            return duel.fight(
                    site.name(),
                    warmUp -> ours(ours, time(run, warmUp), duel),
                    bare.map(client -> warmUp -> bare(client, time(run, warmUp))));
        } finally {
            if (bare.isPresent()) {
                bare.get().close();
            }
        }
    }

    private static long time(Run run, boolean warmUp) {
        return warmUp ? run.plan().roundNanos() / 2 : run.plan().roundNanos();
    }

    private Round ours(Ours ours, long nanos, Duel duel) throws Exception {
        Census census = new Census();
        Round round = Callers.call(callers, nanos, () -> {
            if (bulk == 1) {
                ours.enqueueOne(census);
            } else {
                ours.enqueueBulk(census, bulk, o -> {});
            }
            return bulk;
        });
        ours.drain(census, DRAIN_CONCURRENCY);
        duel.count(census);
        return round;
    }

    private Round bare(Bare client, long nanos) throws Exception {
        Round round;
        if (bulk == 1) {
            try (BareBatcher batcher = new BareBatcher(client, callers)) {
                round = Callers.call(callers, nanos, () -> {
                    batcher.enqueue(Payload.of(0));
                    return 1;
                });
            }
        } else {
            round = Callers.call(callers, nanos, () -> {
                client.enqueue(new ArrayList<>(Collections.nCopies(bulk, Payload.of(0))));
                return bulk;
            });
        }
        while (client.takeAndComplete(DRAIN_BATCH) > 0) {
            // Until nothing is left for the next round.
        }
        return round;
    }
}
