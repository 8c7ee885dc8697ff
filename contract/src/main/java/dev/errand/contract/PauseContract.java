package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.Delivery;
import dev.errand.broker.Intake;
import dev.errand.broker.QueueControl;
import dev.errand.broker.TakeRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** A paused queue is left alone by every worker until it is resumed. */
@Needs(Capability.PAUSE)
abstract class PauseContract extends PortContract {
    private QueueControl control() {
        return part(QueueControl.class);
    }

    @Test
    void nothingIsTakenFromAPausedQueue() {
        Intake worker = intake("w");
        store(samples(3));
        assertThat(control().pause(Sample.QUEUE)).isTrue();
        assertNothingToTake(worker);
        assertThat(stats().depth(Sample.QUEUE)).as("they wait").isEqualTo(3);
        assertThat(control().resume(Sample.QUEUE)).isTrue();
        assertThat(ids(take(worker, 3))).containsExactly("t0", "t1", "t2");
    }

    @Test
    void otherQueuesGoOn() {
        store(sample("held").withQueue("held"), sample("free").withQueue("free"));
        control().pause("held");
        Intake worker = intake("w", "held", "free");
        assertThat(ids(take(worker, 1, "held", "free"))).containsExactly("free");
        assertNothingToTake(worker, "held", "free");
    }

    @Test
    void whereTypesAreLimitedAPausedQueueIsLeftAloneToo() {
        store(sample("held"));
        control().pause(Sample.QUEUE);
        Intake worker = intake("w");
        assertThat(worker.take(new TakeRequest(
                        List.of(new TakeRequest.Demand(Sample.QUEUE, 5)),
                        5,
                        Map.of(Sample.TYPE, 3, "other", 1),
                        Duration.ZERO)))
                .isEmpty();
    }

    @Test
    void whatRunsGoesOnAndIsTakenBackOnlyAfterTheResume() {
        store(samples(2));
        Intake worker = intake("w");
        List<Delivery> running = take(worker, 2);
        control().pause(Sample.QUEUE);
        settled(worker, running.get(0), done());
        settled(worker, running.get(1), release(Duration.ZERO));
        assertNothingToTake(worker);
        control().resume(Sample.QUEUE);
        assertThat(ids(take(worker, 1))).containsExactly("t1");
    }

    @Test
    void tasksAreStoredAndFallDueInAPausedQueue() {
        control().pause(Sample.QUEUE);
        store(sample("now"), sample("later").withNotBefore(now().plusMillis(200)));
        Intake worker = intake("w");
        assertNothingToTake(worker);
        pass(Duration.ofMillis(300));
        assertNothingToTake(worker);
        control().resume(Sample.QUEUE);
        assertThat(ids(take(worker, 2))).containsExactlyInAnyOrder("now", "later");
    }

    @Test
    void aQueueIsPausedAndResumedOnce() {
        assertThat(control().paused()).isEmpty();
        assertThat(control().resume("never-seen")).isFalse();
        Instant before = now().truncatedTo(ChronoUnit.MILLIS);
        assertThat(control().pause("q")).isTrue();
        Instant since = control().paused().get("q");
        assertThat(since).isBetween(before, now());
        pass(Duration.ofMillis(20));
        assertThat(control().pause("q")).isFalse();
        assertThat(control().paused()).as("the first one counts").containsExactly(Map.entry("q", since));
        assertThat(stats().queues()).contains("q");
        assertThat(control().resume("q")).isTrue();
        assertThat(control().resume("q")).isFalse();
        assertThat(control().paused()).isEmpty();
    }

    @Test
    void aResumeWakesATakeThatIsBlocked() throws Exception {
        store(samples(1));
        control().pause(Sample.QUEUE);
        Intake worker = intake("w");
        FutureTask<List<Delivery>> taking = beside(() -> worker.take(ask(1, Duration.ofMinutes(10))));
        control().resume(Sample.QUEUE);
        assertThat(ids(result(taking))).containsExactly("t0");
    }

    @Test
    @Needs(Capability.SHARED)
    void anotherConnectionsPauseHoldsAndItsResumeWakesABlockedTake() throws Exception {
        Broker other = stage.open(time);
        QueueControl elsewhere = other.extension(QueueControl.class).orElseThrow();
        elsewhere.pause(Sample.QUEUE);
        store(samples(1));
        Intake worker = intake("w");
        assertNothingToTake(worker);
        assertThat(control().paused()).containsOnlyKeys(Sample.QUEUE);
        FutureTask<List<Delivery>> taking = beside(() -> worker.take(ask(1, Duration.ofMinutes(10))));
        elsewhere.resume(Sample.QUEUE);
        assertThat(ids(result(taking))).containsExactly("t0");
    }
}
