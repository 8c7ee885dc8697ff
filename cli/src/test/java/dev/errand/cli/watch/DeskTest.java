package dev.errand.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.DeadCause;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.WorkerSpec;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeskTest {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    private final ManualTime time = new ManualTime(START);
    private final MemoryBroker broker = new MemoryBroker(time, new Random(1));
    private final BlockingQueue<String> audit = new LinkedBlockingQueue<>();

    @Test
    void onlyWhatWasDeadWhenItWasAskedIsRedriven() throws Exception {
        try (broker;
                Intake worker = worker();
                Desk desk = new Desk(broker, time, Duration.ofMillis(50), audit::add)) {
            die(worker, "early");
            time.advance(Duration.ofSeconds(1));
            Instant asked = time.now();
            die(worker, "late");
            desk.redrive("q", asked);
            assertThat(audit.poll(60, TimeUnit.SECONDS)).isEqualTo("1 dead letters redriven, queue q");
            assertThat(broker.extension(DeadLetters.class)
                            .orElseThrow()
                            .list(TaskFilter.ALL, Optional.empty(), 10)
                            .items())
                    .extracting(TaskInfo::id)
                    .containsExactly(TaskId.of("late"));
        }
    }

    private void die(Intake worker, String id) {
        broker.enqueue(List.of(Envelope.of(
                TaskId.of(id),
                "t",
                new Payload(new byte[0], "text/plain", 1),
                "q",
                time.now(),
                new Policy(25, Duration.ofMinutes(30), Duration.ZERO, Set.of()))));
        Delivery taken = worker.take(
                        new TakeRequest(List.of(new TakeRequest.Demand("q", 1)), 1, Map.of(), Duration.ofSeconds(20)))
                .getFirst();
        worker.settle(List.of(new Outcome(
                taken.lease(), taken.envelope(), new Outcome.Verdict.Dead(DeadCause.REFUSED, "no mailbox"))));
    }

    private Intake worker() {
        return broker.open(
                new WorkerSpec(
                        "w-1",
                        "w",
                        "desk",
                        4242,
                        START,
                        Map.of("q", 1),
                        false,
                        4,
                        Set.of("t"),
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
}
