package dev.errand.sql;

import dev.errand.TaskId;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerUrl;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.WorkerSpec;
import dev.errand.time.Time;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What the tests of this module share. */
final class Fixtures {
    static final Duration LEASE = Duration.ofSeconds(30);

    private Fixtures() {}

    static SqlBroker open(Path file) {
        return open(file, Time.system(), "");
    }

    static SqlBroker open(Path file, Time time, String query) {
        BrokerContext context = new BrokerContext(time, new Random(), 3);
        return (SqlBroker) new SqliteProvider().open(BrokerUrl.parse("sqlite:" + file + query), context);
    }

    static Envelope task(String id) {
        return task(id, "q", Instant.ofEpochMilli(1_000));
    }

    static Envelope task(String id, String queue, Instant created) {
        Payload payload = new Payload("{}".getBytes(StandardCharsets.UTF_8), "application/json", 1);
        Policy policy = new Policy(25, Duration.ofMinutes(30), Duration.ZERO, Set.of());
        return Envelope.of(TaskId.of(id), "mail.confirm", payload, queue, created, policy);
    }

    static WorkerSpec worker(String id) {
        return new WorkerSpec(
                id,
                id,
                "host",
                1,
                Instant.ofEpochMilli(5),
                Map.of("q", 1),
                false,
                64,
                Set.of("mail.confirm"),
                Duration.ofMinutes(30),
                LEASE);
    }

    static TakeRequest upTo(int max, Duration wait) {
        return new TakeRequest(List.of(new TakeRequest.Demand("q", max)), max, Map.of(), wait);
    }

    static List<Delivery> take(Intake intake, int max) {
        return intake.take(upTo(max, Duration.ZERO));
    }

    static Outcome completed(Delivery delivery) {
        return new Outcome(delivery.lease(), delivery.envelope(), new Outcome.Verdict.Complete(null, Duration.ZERO));
    }

    /** Records what it is told. */
    static final class Told implements Signals {
        final LinkedBlockingQueue<TaskId> cancels = new LinkedBlockingQueue<>();
        final LinkedBlockingQueue<Lease> losses = new LinkedBlockingQueue<>();
        private final CountDownLatch due = new CountDownLatch(1);

        @Override
        public void lost(Lease lease) {
            losses.add(lease);
        }

        @Override
        public void cancel(TaskId task) {
            cancels.add(task);
        }

        @Override
        public void dueChanged() {
            due.countDown();
        }

        boolean dueWithin(Duration max) throws InterruptedException {
            return due.await(max.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
