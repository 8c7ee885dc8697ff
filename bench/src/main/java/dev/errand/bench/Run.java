package dev.errand.bench;

import dev.errand.bench.broker.Bare;
import dev.errand.bench.broker.Peer;
import dev.errand.bench.broker.Site;
import dev.errand.bench.broker.Wire;
import dev.errand.bench.report.Output;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What all workloads of one run have in common.
 *
 * @param scratch an empty folder for each workload's files
 * @param withBare whether the bare client is measured too
 * @param peer another system that takes its turns, too
 */
record Run(Path scratch, Plan plan, boolean withBare, Optional<Peer> peer, Output output) {
    Optional<Bare> bare(Site site) throws Exception {
        return withBare ? Optional.of(site.bare()) : Optional.empty();
    }

    /** To another process, where the bare client is measured and can. */
    Optional<Wire> wire(Site site) {
        return withBare ? site.wire() : Optional.empty();
    }
}
