package dev.errand.explain;

import dev.errand.AttemptError;
import dev.errand.DeadCause;
import dev.errand.TaskId;
import dev.errand.broker.Broker;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.QueueControl;
import dev.errand.broker.Signals;
import dev.errand.broker.Subscriptions;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.TaskStore;
import dev.errand.broker.Upkeep;
import dev.errand.broker.WorkerSpec;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A broker, and workers that do what the test says. */
final class Scene implements AutoCloseable {
    final ManualTime time = new ManualTime(Instant.parse("2026-11-23T10:00:00Z"));
    final Broker broker = new MemoryBroker(time, new Random(1));

    Envelope task(String id) {
        return Envelope.of(
                TaskId.of(id),
                "mail",
                Payload.EMPTY,
                "q",
                time.now(),
                new Policy(25, Duration.ofMinutes(30), Duration.ZERO, Set.of()));
    }

    void store(Envelope... tasks) {
        broker.enqueue(List.of(tasks));
    }

    Intake worker(String name) {
        return worker(name, Map.of("q", 1), false, 2, "mail");
    }

    Intake worker(String name, Map<String, Integer> queues, boolean strict, int concurrency, String... types) {
        return broker.open(
                new WorkerSpec(
                        name,
                        name,
                        "desk",
                        42,
                        time.now(),
                        queues,
                        strict,
                        concurrency,
                        Set.of(types),
                        Duration.ofMinutes(30),
                        Duration.ofSeconds(30)),
                new Signals() {
                    @Override
                    public void lost(Lease lease) {}

                    @Override
                    public void cancel(TaskId task) {}

                    @Override
                    public void dueChanged() {}
                });
    }

    Delivery take(Intake worker) {
        return worker.take(new TakeRequest(List.of(new TakeRequest.Demand("q", 1)), 1, Map.of(), Duration.ZERO))
                .getFirst();
    }

    void settle(Intake worker, Delivery taken, Verdict verdict) {
        worker.settle(List.of(new Outcome(taken.lease(), taken.envelope(), verdict)));
    }

    void fail(Intake worker, Delivery taken, Verdict verdict) {
        AttemptError error = new AttemptError(time.now(), 1, "java.io.IOException", "busy", "", "w");
        worker.settle(List.of(new Outcome(
                taken.lease(),
                taken.envelope().withHistory(taken.envelope().history().failed(error)),
                verdict)));
    }

    void die(Intake worker, Delivery taken, DeadCause cause) {
        fail(worker, taken, new Verdict.Dead(cause, "because"));
    }

    void promote() {
        part(Upkeep.class).promote(100);
    }

    QueueControl queues() {
        return part(QueueControl.class);
    }

    Subscriptions events() {
        return part(Subscriptions.class);
    }

    TaskStore tasks() {
        return part(TaskStore.class);
    }

    private <T> T part(Class<T> port) {
        return broker.extension(port).orElseThrow();
    }

    static History crashes(int count) {
        return new History(0, count, List.of());
    }

    Explanation explain(String id) {
        return new Explainer(broker, time).explain(TaskId.of(id));
    }

    List<Finding> examine() {
        return new Doctor(broker, time).examine().findings();
    }

    @Override
    public void close() {
        broker.close();
    }
}
