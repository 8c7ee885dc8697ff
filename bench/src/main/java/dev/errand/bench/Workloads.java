package dev.errand.bench;

import java.util.List;

/** Every workload, in the order in which they run. */
final class Workloads {
    static final List<Workload> ALL = List.of(
            new EnqueueWorkload("enqueue-1", 1, 1),
            new EnqueueWorkload("enqueue-8", 8, 1),
            new EnqueueWorkload("enqueue-64", 64, 1),
            new EnqueueWorkload("enqueue-bulk", 1, 100),
            new DrainWorkload("drain-32", 32),
            new DrainWorkload("drain-1000", 1_000),
            new LatencyWorkload("latency-200"),
            new TwoProcessLatencyWorkload("latency-200-two"),
            new DueWorkload("due-10000", 10_000),
            new BacklogWorkload("backlog-1m", 1_000_000));

    private Workloads() {}
}
