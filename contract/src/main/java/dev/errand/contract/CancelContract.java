package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.Delivery;
import dev.errand.broker.Intake;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Policy;
import dev.errand.broker.Renewal;
import dev.errand.broker.TaskStore;
import dev.errand.broker.TaskStore.CancelAnswer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A person calls a task off. */
@Needs({Capability.CANCEL_WAITING, Capability.FIND, Capability.RETENTION})
abstract class CancelContract extends PortContract {
    private static final Duration KEPT = Duration.ofHours(1);

    private CancelAnswer cancel(String id) {
        return tasks().cancel(TaskId.of(id), "not wanted", KEPT);
    }

    private void assertCancelled(String id) {
        TaskInfo info = info(id);
        assertThat(info.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(info.reason()).isEqualTo("not wanted");
        assertThat(info.ended()).isNotNull();
        assertThat(info.due()).isNull();
        assertThat(info.ready()).isNull();
    }

    @Test
    void aReadyTaskIsCancelledAtOnce() {
        store(samples(3));
        assertThat(cancel("t1")).isEqualTo(CancelAnswer.CANCELLED);
        assertCancelled("t1");
        Intake worker = intake("w");
        assertThat(ids(take(worker, 2))).containsExactlyInAnyOrder("t0", "t2");
        assertNothingToTake(worker);
    }

    @Test
    void aScheduledTaskIsCancelledAtOnce() {
        store(sample("a").withNotBefore(now().plusMillis(300)));
        assertThat(cancel("a")).isEqualTo(CancelAnswer.CANCELLED);
        assertCancelled("a");
        pass(Duration.ofMillis(400));
        assertNothingToTake(intake("w"));
    }

    @Test
    void aTaskWaitingForItsRetryIsCancelledAtOnce() {
        store(sample("a"));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), retry(Duration.ofMillis(300)));
        assertThat(cancel("a")).isEqualTo(CancelAnswer.CANCELLED);
        assertCancelled("a");
        pass(Duration.ofMillis(400));
        assertNothingToTake(worker);
    }

    @Test
    void whatHasEndedCannotBeCancelled() {
        store(sample("done"));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), doneKept(null, KEPT));
        kill(worker, sample("dead"), "dead");
        store(sample("cancelled"));
        cancel("cancelled");
        assertThat(cancel("done")).isEqualTo(CancelAnswer.ENDED);
        assertThat(cancel("dead")).isEqualTo(CancelAnswer.ENDED);
        assertThat(cancel("cancelled")).isEqualTo(CancelAnswer.ENDED);
        assertThat(state("done")).isEqualTo(TaskState.COMPLETED);
        assertThat(state("dead")).isEqualTo(TaskState.DEAD);
    }

    @Test
    void anUnknownTaskCannotBeCancelled() {
        assertThat(cancel("unknown")).isEqualTo(CancelAnswer.UNKNOWN);
    }

    @Test
    void withoutARetentionThePolicyDecidesWhetherItIsKept() {
        store(
                sample("gone"),
                sample("kept")
                        .withPolicy(new Policy(25, Duration.ofMinutes(30), KEPT, Set.of(Policy.Field.RETENTION))));
        tasks().cancel(TaskId.of("gone"), "not wanted", Duration.ZERO);
        tasks().cancel(TaskId.of("kept"), "not wanted", Duration.ZERO);
        assertThat(find("gone")).isEmpty();
        assertCancelled("kept");
    }

    @Test
    @Needs(Capability.CANCEL_ACTIVE)
    void theWorkerOfARunningTaskIsToldAtOnce() {
        store(sample("a"));
        Told told = new Told();
        Intake worker = intake(told, "w");
        Told bystander = new Told();
        intake(bystander, "other");
        takeOne(worker);
        assertThat(cancel("a")).isEqualTo(CancelAnswer.REQUESTED);
        Await.until("the worker is told", Duration.ofSeconds(3), () -> told.cancelled.contains(TaskId.of("a")));
        assertThat(info("a").state()).isEqualTo(TaskState.ACTIVE);
        assertThat(info("a").cancelRequested()).isTrue();
        assertThat(bystander.cancelled).isEmpty();
    }

    @Test
    @Needs({Capability.CANCEL_ACTIVE, Capability.SHARED})
    void theWorkerIsToldFromAnotherConnection() {
        store(sample("a"));
        Told told = new Told();
        takeOne(intake(told, "w"));
        Broker other = stage.open(time);
        CancelAnswer answer = other.extension(TaskStore.class).orElseThrow().cancel(TaskId.of("a"), "not wanted", KEPT);
        assertThat(answer).isEqualTo(CancelAnswer.REQUESTED);
        Await.until("the worker is told", Duration.ofSeconds(3), () -> told.cancelled.contains(TaskId.of("a")));
    }

    @Test
    @Needs(Capability.CANCEL_ACTIVE)
    void everyRenewalSaysThatACancelIsAskedFor() {
        store(samples(2));
        Intake worker = intake("w");
        List<Delivery> held = take(worker, 2);
        cancel("t0");
        List<dev.errand.broker.Lease> leases =
                held.stream().map(Delivery::lease).toList();
        assertThat(worker.renew(leases)).containsExactly(Renewal.CANCEL_REQUESTED, Renewal.KEPT);
        assertThat(worker.renew(leases)).containsExactly(Renewal.CANCEL_REQUESTED, Renewal.KEPT);
    }

    @Test
    @Needs(Capability.CANCEL_ACTIVE)
    void aCancelAskedForStopsRetriesAndReleases() {
        store(samples(4));
        Intake worker = intake("w");
        List<Delivery> held = take(worker, 4);
        held.forEach(d -> cancel(d.envelope().id().value()));
        settled(worker, held.get(0), retry(Duration.ZERO));
        settled(worker, held.get(1), retry(Duration.ofHours(1)));
        settled(worker, held.get(2), release(Duration.ZERO));
        settled(worker, held.get(3), release(Duration.ofHours(1)));
        held.forEach(d -> assertCancelled(d.envelope().id().value()));
        assertNothingToTake(worker);
    }

    @Test
    @Needs(Capability.CANCEL_ACTIVE)
    void aTaskThatEndsAllTheSameHasEndedSo() {
        store(samples(2));
        Intake worker = intake("w");
        List<Delivery> held = take(worker, 2);
        held.forEach(d -> cancel(d.envelope().id().value()));
        settled(worker, held.get(0), doneKept(null, KEPT));
        settled(worker, held.get(1), dead("dead"));
        assertThat(state("t0")).isEqualTo(TaskState.COMPLETED);
        assertThat(state("t1")).isEqualTo(TaskState.DEAD);
    }

    @Test
    @Needs(Capability.CANCEL_ACTIVE)
    void theAttemptThatGivesUpEndsItCancelled() {
        store(sample("a"));
        Intake worker = intake("w");
        Delivery held = takeOne(worker);
        cancel("a");
        settled(worker, held, new Verdict.Cancel("cancelled while it ran", KEPT));
        assertCancelled("a");
        assertThat(info("a").cancelRequested()).isFalse();
        assertNothingToTake(worker);
    }

    @Test
    @Needs(Capability.CANCEL_ACTIVE)
    void closingTheIntakeEndsItCancelled() {
        store(sample("a"));
        Intake worker = intake("w");
        takeOne(worker);
        cancel("a");
        worker.close();
        assertCancelled("a");
    }

    @Test
    @Needs({Capability.CANCEL_ACTIVE, Capability.DEAD_LETTERS_BY_ID})
    void aRequestDoesNotOutliveTheRunItWasFor() {
        store(sample("a"));
        Intake worker = intake("w");
        Delivery held = takeOne(worker);
        cancel("a");
        settled(worker, held, dead("dead"));
        deadLetters().redrive(TaskId.of("a"));
        Delivery again = takeOne(worker);
        assertThat(worker.renew(List.of(again.lease()))).containsExactly(Renewal.KEPT);
        settled(worker, again, retry(Duration.ZERO));
        assertThat(ids(take(worker, 1))).containsExactly("a");
    }
}
