package dev.errand.explain;

import dev.errand.broker.WorkerRegistry.Registered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Whether the workers live, are heard of, and agree about the time. */
final class WorkerCheck {
    private static final Duration CLOCKS = Duration.ofSeconds(2);

    private final Sight sight;

    WorkerCheck(Sight sight) {
        this.sight = sight;
    }

    List<Finding> findings() {
        if (!sight.knowsWorkers()) {
            return List.of(Finding.ok("workers", "This broker keeps no list of workers."));
        }
        if (sight.workers().isEmpty()) {
            return List.of(Finding.bad(
                    "no-worker",
                    "No worker is alive: nothing is run, nothing falls due, nothing is cleared away.",
                    "Start a worker"));
        }
        List<Finding> findings = new ArrayList<>();
        int silent = 0;
        for (Registered worker : sight.workers()) {
            Duration silence = sight.silence(worker);
            if (sight.isSilent(worker)) {
                silent++;
                findings.add(Finding.bad(
                        "worker-silent",
                        "Worker " + Sight.name(worker) + " (process "
                                + worker.spec().pid() + " on " + worker.spec().host() + ") has not been heard of for "
                                + Span.of(silence) + ".",
                        "See whether its process hangs, is stopped, or cannot reach the broker; end it if so"));
            } else if (silence.compareTo(CLOCKS.negated()) < 0) {
                findings.add(Finding.warn(
                        "clocks-differ",
                        "Worker " + Sight.name(worker) + " was last heard of " + Span.of(silence)
                                + " in the future by this machine's clock.",
                        "Set the clocks of both machines (NTP): due times and leases depend on them"));
            }
            if (Sight.isBusy(worker)) {
                findings.add(Finding.warn(
                        "worker-full",
                        "Worker " + Sight.name(worker) + " has no free slot: " + worker.running() + " of "
                                + worker.spec().concurrency() + ".",
                        "If it stays so, raise concurrency(…), or start another worker"));
            }
        }
        int running = sight.workers().stream().mapToInt(Registered::running).sum();
        findings.add(Finding.ok(
                "workers",
                Span.count(sight.workers().size() - silent, "worker") + " alive and heard of, with "
                        + Span.count(running, "task") + "."));
        return findings;
    }
}
