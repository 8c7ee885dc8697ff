package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.TaskId;
import dev.errand.broker.Capability;
import dev.errand.broker.Delivery;
import dev.errand.broker.Intake;
import dev.errand.broker.WorkerRegistry;
import dev.errand.broker.WorkerRegistry.Registered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What can be seen of queues and workers. */
abstract class StatsContract extends PortContract {
    @Test
    void theDepthIsWhatIsReady() {
        assertThat(stats().depth(Sample.QUEUE)).isZero();
        store(samples(5));
        store(
                sample("later").withNotBefore(now().plusSeconds(600)),
                sample("other").withQueue("other"));
        Await.until("five are ready", () -> stats().depth(Sample.QUEUE) == 5);
        Intake worker = intake("w");
        List<Delivery> taken = take(worker, 2);
        settled(worker, taken.get(0), done());
        settled(worker, taken.get(1), retry(Duration.ofHours(1)));
        Await.until("three are ready", () -> stats().depth(Sample.QUEUE) == 3);
        assertThat(stats().depth("never-seen")).isZero();
    }

    @Test
    void thePlaceInLineCountsWhatIsTakenBefore() {
        TaskId first = TaskId.of("first");
        TaskId second = TaskId.of("second");
        store(sample("first").withQueue("line"), sample("second").withQueue("line"));
        Await.until("both are ready", () -> stats().depth("line") == 2);
        Assumptions.assumeTrue(stats().ahead(first).isPresent(), "the broker cannot tell a place in line");
        assertThat(stats().ahead(first)).hasValue(0);
        assertThat(stats().ahead(second)).hasValue(1);
        assertThat(stats().ahead(TaskId.of("nobody"))).isEmpty();
        Intake worker = intake("w", "line");
        Delivery taken = take(worker, 1, "line").getFirst();
        assertThat(taken.envelope().id()).isEqualTo(first);
        assertThat(stats().ahead(first)).as("it runs").isEmpty();
        assertThat(stats().ahead(second)).hasValue(0);
        settled(worker, taken, release(Duration.ZERO));
        assertThat(stats().ahead(first)).as("given back to the front").hasValue(0);
        assertThat(stats().ahead(second)).hasValue(1);
    }

    @Test
    @Needs(Capability.PRIORITY)
    void aHigherPriorityIsAheadInLine() {
        store(sample("low").withQueue("line"), sample("high").withQueue("line").withPriority(5));
        Await.until("both are ready", () -> stats().depth("line") == 2);
        assertThat(stats().ahead(TaskId.of("high"))).isIn(OptionalLong.of(0), OptionalLong.empty());
        assertThat(stats().ahead(TaskId.of("low"))).isIn(OptionalLong.of(1), OptionalLong.empty());
    }

    @Test
    void queuesThatHeldATaskOrAreServedAreListed() {
        store(sample("a").withQueue("b-held"));
        intake("w", "a-served");
        assertThat(stats().queues()).contains("a-served", "b-held").isSorted();
        Intake worker = intake("w2", "b-held");
        settled(worker, take(worker, 1, "b-held").getFirst(), done());
        assertThat(stats().queues()).as("it is remembered when it is empty").contains("b-held");
    }

    @Test
    @Needs(Capability.WORKER_REGISTRY)
    void aWorkerIsShownWithWhatItHoldsAndForgottenWhenItLeaves() {
        store(samples(3));
        Intake worker = intake("shown", "default", "second");
        take(worker, 2);
        Registered shown = registered("shown");
        assertThat(shown.spec().name()).isEqualTo("shown@here");
        assertThat(shown.spec().host()).isEqualTo("here");
        assertThat(shown.spec().pid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(shown.spec().queues()).containsOnlyKeys("default", "second");
        assertThat(shown.spec().concurrency()).isEqualTo(10);
        assertThat(shown.running()).isEqualTo(2);
        worker.close();
        assertThat(part(WorkerRegistry.class).workers())
                .noneMatch(w -> w.spec().id().equals("shown"));
    }

    private Registered registered(String id) {
        return part(WorkerRegistry.class).workers().stream()
                .filter(w -> w.spec().id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("worker " + id + " is not shown"));
    }

    @Test
    @Needs(Capability.WORKER_REGISTRY)
    void aRenewalIsAHeartbeat() {
        Intake worker = intake("beating");
        Instant first = registered("beating").seen();
        pass(Duration.ofMillis(1_100));
        worker.renew(List.of());
        assertThat(registered("beating").seen()).isAfterOrEqualTo(first.plusMillis(1_000));
    }

    @Test
    @Needs({Capability.WORKER_REGISTRY, Capability.SHARED})
    void workersOfOtherConnectionsAreShown() {
        intake("here");
        var other = stage.open(time);
        assertThat(other.extension(WorkerRegistry.class).orElseThrow().workers())
                .extracting(w -> w.spec().id())
                .containsExactly("here");
    }
}
