package dev.errand.bench;

import java.time.Duration;
import java.util.List;

/** Every workload, in the order in which they run. */
final class Workloads {
    static final List<Workload> ALL = List.of(
            new EnqueueWorkload("enqueue-1", 1, 1),
            new EnqueueWorkload("enqueue-8", 8, 1),
            new EnqueueWorkload("enqueue-64", 64, 1),
            new EnqueueWorkload("enqueue-bulk", 1, 100),
            new DrainWorkload("drain-32", 32, 0),
            new DrainWorkload("drain-1000", 1_000, 0),
            new LatencyWorkload("latency-200"),
            new TwoProcessLatencyWorkload("latency-200-two"),
            new DueWorkload("due-10000", 10_000),
            new DelayedWorkload("delayed-10s", Duration.ofSeconds(10)),
            new RunningWorkload("running-10000", 10_000),
            new TakeoverWorkload("takeover-50", 50),
            new BacklogWorkload("backlog-1m", 1_000_000));

    /** What is asked for beside another system alone. */
    static final List<Workload> BESIDE_PEERS = List.of(new DrainWorkload("drain-64", 64, 100_000));

    private Workloads() {}
}
