package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.AttemptError;
import dev.errand.TaskId;
import dev.errand.broker.Capability;
import dev.errand.broker.Debounce;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Intake;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.Receipt;
import dev.errand.broker.UniqueKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is enqueued is stored, once and whole. */
abstract class EnqueueContract extends PortContract {
    @Test
    void anEnvelopeComesBackAsItWas() {
        AttemptError error = failure("earlier", 1);
        Envelope sent = new Envelope(
                TaskId.of("whole"),
                "type.of.it",
                new Payload(new byte[] {0, 1, -1, 127, -128}, "application/x-test; v=1", 3),
                "queue-of-it",
                7,
                now(),
                null,
                now().plusSeconds(3600),
                new History(2, 1, List.of(error)),
                new Policy(
                        4,
                        Duration.ofMillis(1234),
                        Duration.ofMinutes(5),
                        Set.of(Policy.Field.TIMEOUT, Policy.Field.MAX_ATTEMPTS)),
                can(Capability.UNIQUE) ? new UniqueKey("key", Duration.ofMinutes(1)) : null,
                can(Capability.DEBOUNCE) ? new Debounce("key", now().plusSeconds(60)) : null,
                "partition",
                TaskId.of("parent"),
                "workflow",
                Map.of("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "empty", ""),
                Map.of("x-foreign", "kept"));
        store(List.of(sent));
        Intake worker = intake("w", "queue-of-it");
        Delivery taken = take(worker, 1, "queue-of-it").getFirst();
        assertThat(taken.envelope()).isEqualTo(sent);
        assertThat(taken.defect()).isNull();
        assertThat(taken.lease().task()).isEqualTo(sent.id());
        assertThat(taken.lease().queue()).isEqualTo("queue-of-it");
        assertThat(taken.lease().token().number()).isEqualTo(1);
    }

    @Test
    void anEnvelopeWithNothingOptionalComesBackAsItWas() {
        Envelope sent = sample("bare").withPayload(Payload.EMPTY).envelope();
        store(List.of(sent));
        assertThat(takeOne(intake("w")).envelope()).isEqualTo(sent);
    }

    @Test
    void answersComeInTheOrderOfTheBatch() {
        List<Receipt> receipts = broker.enqueue(samples(50));
        assertThat(receipts).hasSize(50).containsOnly(new Receipt.Stored());
        assertThat(ids(take(intake("w"), 50)))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 50).mapToObj(i -> "t" + i).toList());
    }

    @Test
    @Needs(Capability.FIND)
    void duplicatesAreAnsweredInTheirPlaces() {
        store(sample("b"));
        Sample other = sample("b").withPayload(Sample.text("another"));
        List<Receipt> receipts = broker.enqueue(
                List.of(sample("a").envelope(), other.envelope(), sample("c").envelope()));
        assertThat(receipts)
                .containsExactly(new Receipt.Stored(), new Receipt.Duplicate(TaskId.of("b")), new Receipt.Stored());
        assertThat(ids(take(intake("w"), 3))).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void anEmptyBatchHasNoAnswers() {
        assertThat(broker.enqueue(List.of())).isEmpty();
    }

    @Test
    @Needs(Capability.FIND)
    void aRepeatedEnqueueIsStoredOnce() {
        List<Envelope> batch = samples(3);
        store(batch);
        store(batch);
        Intake worker = intake("w");
        take(worker, 3);
        assertNothingToTake(worker);
    }

    @Test
    @Needs(Capability.FIND)
    void aRepeatWhileTheTaskRunsChangesNothing() {
        Sample sample = sample("a");
        store(sample);
        Intake worker = intake("w");
        Delivery taken = takeOne(worker);
        store(sample);
        assertNothingToTake(worker);
        settled(worker, taken, done());
        assertNothingToTake(worker);
    }

    @Test
    @Needs(Capability.FIND)
    void theSameTaskTwiceInOneBatchIsStoredOnce() {
        Envelope one = sample("a").envelope();
        assertThat(broker.enqueue(List.of(one, one))).containsExactly(new Receipt.Stored(), new Receipt.Stored());
        Intake worker = intake("w");
        take(worker, 1);
        assertNothingToTake(worker);
    }

    @Test
    @Needs(Capability.FIND)
    void anIdTakenWithinTheBatchIsADuplicate() {
        Envelope one = sample("a").envelope();
        Envelope other = sample("a").withType("another.type").envelope();
        assertThat(broker.enqueue(List.of(one, other)))
                .containsExactly(new Receipt.Stored(), new Receipt.Duplicate(TaskId.of("a")));
        assertThat(takeOne(intake("w")).envelope().type()).isEqualTo(Sample.TYPE);
    }

    @Test
    @Needs(Capability.FIND)
    void anIdIsOneAcrossQueues() {
        store(sample("a"));
        assertThat(broker.enqueue(List.of(
                        sample("a").withQueue("elsewhere").withType("another").envelope())))
                .containsExactly(new Receipt.Duplicate(TaskId.of("a")));
    }

    @Test
    void aBatchOfTenThousandIsStoredWhole() {
        store(samples(10_000));
        Intake worker = intake("w");
        Set<String> seen = new HashSet<>();
        List<Delivery> taken = take(worker, 10_000);
        taken.forEach(d -> assertThat(seen.add(d.envelope().id().value())).isTrue());
        assertThat(seen).hasSize(10_000);
    }

    @Test
    void manyThreadsEnqueueAtOnce() throws Exception {
        List<FutureTask<Boolean>> threads = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            int thread = i;
            threads.add(beside(() -> {
                for (int n = 0; n < 50; n++) {
                    store(sample(thread + "-" + n));
                }
                return true;
            }));
        }
        for (FutureTask<Boolean> thread : threads) {
            assertThat(result(thread)).isTrue();
        }
        Intake worker = intake("w");
        List<Delivery> taken = take(worker, 800);
        assertThat(new HashSet<>(ids(taken))).hasSize(800);
        assertNothingToTake(worker);
    }

    @Test
    void anEnqueueWakesABlockedTake() throws Exception {
        Intake worker = intake("w");
        FutureTask<List<Delivery>> blocked = beside(() -> worker.take(ask(5, Duration.ofSeconds(60))));
        assertThat(Await.within(Duration.ofMillis(100), blocked::isDone)).isFalse();
        store(sample("a"));
        assertThat(ids(result(blocked))).containsExactly("a");
    }

    @Test
    @Needs(Capability.SHARED)
    void anEnqueueElsewhereWakesABlockedTake() throws Exception {
        Intake worker = intake("w");
        FutureTask<List<Delivery>> blocked = beside(() -> worker.take(ask(5, Duration.ofSeconds(60))));
        assertThat(Await.within(Duration.ofMillis(100), blocked::isDone)).isFalse();
        stage.open(time).enqueue(List.of(sample("a").envelope()));
        assertThat(ids(result(blocked))).containsExactly("a");
    }

    @Test
    void queuesAreApart() {
        store(sample("a").withQueue("one"), sample("b").withQueue("two"));
        Intake worker = intake("w", "one", "two");
        assertThat(ids(take(worker, 1, "two"))).containsExactly("b");
        assertNothingToTake(worker, "two");
        assertThat(ids(take(worker, 1, "one"))).containsExactly("a");
    }

    @Test
    void anInterruptedCallerLearnsTheFateOfItsTask() throws Exception {
        FutureTask<Boolean> interrupted = beside(() -> {
            Thread.currentThread().interrupt();
            store(sample("a"));
            return Thread.interrupted();
        });
        assertThat(result(interrupted)).as("the interrupt is kept").isTrue();
        assertThat(ids(take(intake("w"), 1))).containsExactly("a");
    }

    @Test
    @Needs(Capability.SHARED)
    void whatWasStoredOutlivesTheConnection() {
        broker.enqueue(samples(10));
        broker.close();
        broker = stage.open(time);
        assertThat(ids(take(intake("w"), 10))).hasSize(10);
    }
}
