package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.AttemptError;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.AttemptToken;
import dev.errand.broker.Capability;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Renewal;
import dev.errand.broker.Settled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An attempt owns its task for as long as its lease lasts, and loses it then. */
abstract class LeaseContract extends PortContract {
    private static final Duration OVER = LEASE.plusMillis(100);
    private static final Settled STALE = new Settled.Stale();

    /** Waits until the task comes again, to another worker. */
    private Delivery takenOver(Intake by) {
        List<Delivery> taken = new ArrayList<>();
        Await.until("the task of the stalled attempt comes again", () -> {
            recover();
            taken.addAll(takeAll(by, 1));
            return !taken.isEmpty();
        });
        return taken.getFirst();
    }

    @Test
    void aHeldLeaseIsRenewed() {
        store(samples(3));
        Intake worker = intake("w");
        List<Lease> leases =
                new ArrayList<>(take(worker, 3).stream().map(Delivery::lease).toList());
        Collections.reverse(leases);
        assertThat(worker.renew(leases)).containsExactly(Renewal.KEPT, Renewal.KEPT, Renewal.KEPT);
    }

    @Test
    void nothingToRenewIsAHeartbeat() {
        assertThat(intake("w").renew(List.of())).isEmpty();
    }

    @Test
    @Needs(Capability.FENCING)
    void answersToARenewalComeInItsOrder() {
        store(samples(2));
        Intake worker = intake("w");
        List<Delivery> t = take(worker, 2);
        Lease unknown = new Lease(TaskId.of("unknown"), Sample.QUEUE, new AttemptToken(1, 1));
        settled(worker, t.get(1), done());
        assertThat(worker.renew(List.of(
                        unknown,
                        t.get(0).lease(),
                        withOtherNonce(t.get(0).lease()),
                        t.get(1).lease())))
                .containsExactly(Renewal.LOST, Renewal.KEPT, Renewal.LOST, Renewal.LOST);
    }

    @Test
    @Given(Facility.TIMED_LEASE)
    void aTaskWhoseLeaseRanOutRunsAgainAndCountsAsACrash() {
        store(sample("a"));
        Intake stalled = intake("stalled");
        Intake other = intake("other");
        Delivery first = takeOne(stalled);
        pass(OVER);
        Delivery second = takenOver(other);
        assertThat(second.envelope().id().value()).isEqualTo("a");
        History history = second.envelope().history();
        assertThat(history.attempts()).as("not an attempt").isZero();
        assertThat(history.crashes()).isEqualTo(1);
        assertThat(history.errors()).hasSize(1);
        AttemptError error = history.errors().getFirst();
        assertThat(error.error()).isEqualTo("crash");
        if (stage.has(Facility.LAST_HOLDER)) {
            assertThat(error.worker()).as("the worker that lost it").isEqualTo("stalled");
        }
        assertThat(error.attempt()).isEqualTo(1);
        assertThat(second.lease().token().number())
                .isGreaterThan(first.lease().token().number());
        assertThat(second.lease().token().nonce())
                .isNotEqualTo(first.lease().token().nonce());
    }

    @Test
    @Given(Facility.TIMED_LEASE)
    void aRenewedLeaseDoesNotRunOut() {
        store(sample("a"));
        Intake worker = intake("w");
        Intake other = intake("other");
        Delivery taken = takeOne(worker);
        for (int i = 0; i < 4; i++) {
            pass(LEASE.dividedBy(3));
            assertThat(worker.renew(List.of(taken.lease()))).containsExactly(Renewal.KEPT);
            recover();
            assertNothingToTake(other);
        }
        settled(worker, taken, done());
    }

    @Test
    @Given(Facility.TIMED_LEASE)
    void aWorkerThatRenewsOneTaskDoesNotKeepAnother() {
        store(samples(2));
        Intake worker = intake("w");
        Intake other = intake("other");
        List<Delivery> taken = take(worker, 2);
        pass(LEASE.dividedBy(2));
        worker.renew(List.of(taken.get(0).lease()));
        pass(LEASE.dividedBy(2).plusMillis(100));
        worker.renew(List.of(taken.get(0).lease()));
        Delivery again = takenOver(other);
        assertThat(again.envelope().id()).isEqualTo(taken.get(1).envelope().id());
        settled(worker, taken.get(0), done());
    }

    @Test
    @Given(Facility.TIMED_LEASE)
    @Needs(Capability.FENCING)
    void whatASupersededAttemptSaysIsRefused() {
        store(sample("a"));
        Intake stalled = intake("stalled");
        Intake other = intake("other");
        Delivery first = takeOne(stalled);
        pass(OVER);
        Delivery second = takenOver(other);
        assertThat(settle(stalled, first, dead("too late"))).isEqualTo(STALE);
        assertThat(settle(stalled, first, done())).isEqualTo(STALE);
        assertThat(settle(stalled, first, retry(Duration.ZERO))).isEqualTo(STALE);
        assertThat(stalled.renew(List.of(first.lease()))).containsExactly(Renewal.LOST);
        assertThat(other.renew(List.of(second.lease()))).containsExactly(Renewal.KEPT);
        settled(other, second, done());
        assertThat(settle(stalled, first, dead("far too late"))).isEqualTo(STALE);
        assertThat(deadLetters().show(TaskId.of("a"))).isEmpty();
        assertNothingToTake(other);
    }

    @Test
    @Given({Facility.TIMED_LEASE, Facility.VIRTUAL_TIME})
    @Needs(Capability.FENCING)
    void anOutcomeAfterTheLeaseButBeforeTheTakeOverStillCounts() {
        store(sample("a"));
        Intake worker = intake("w");
        Delivery taken = takeOne(worker);
        pass(OVER);
        settled(worker, taken, done());
        recover();
        assertNothingToTake(worker);
    }

    @Test
    @Given({Facility.TIMED_LEASE, Facility.ORDER})
    void aTaskTakenBackGoesFirst() {
        store(samples(3));
        Intake stalled = intake("stalled");
        Intake other = intake("other");
        takeOne(stalled);
        pass(OVER);
        assertThat(takenOver(other).envelope().id().value()).isEqualTo("t0");
    }

    @Test
    @Given({Facility.TIMED_LEASE, Facility.VIRTUAL_TIME})
    void crashesAddUp() {
        store(sample("a"));
        Intake stalled = intake("stalled");
        for (int crash = 0; crash < 3; crash++) {
            Delivery taken = takenOver(stalled);
            assertThat(taken.envelope().history().crashes()).isEqualTo(crash);
            pass(OVER);
        }
        assertThat(takenOver(intake("other")).envelope().history().crashes()).isEqualTo(3);
    }

    @Test
    void aLiveWorkerWithALiveLeaseKeepsItsTask() {
        store(sample("a"));
        Intake worker = intake("w");
        Intake other = intake("other");
        Delivery taken = takeOne(worker);
        for (int i = 0; i < 10; i++) {
            recover();
        }
        assertNothingToTake(other);
        settled(worker, taken, done());
    }

    @Test
    void closingAnIntakeGivesBackWhatItHoldsUncounted() {
        store(samples(5));
        Intake worker = intake("w");
        List<Delivery> held = take(worker, 3);
        settled(worker, held.get(0), done());
        worker.close();
        worker.close();
        List<Delivery> again = take(intake("other"), 4);
        assertThat(ids(again)).hasSize(4).doesNotContain(ids(held).get(0)).doesNotHaveDuplicates();
        assertThat(again).allMatch(d -> d.envelope().history().equals(History.NONE));
    }

    @Test
    @Given(Facility.ORDER)
    void whatAClosedIntakeHeldGoesFirstInItsOldOrder() {
        store(samples(5));
        Intake worker = intake("w");
        take(worker, 3);
        worker.close();
        assertThat(ids(take(intake("other"), 5))).containsExactly("t0", "t1", "t2", "t3", "t4");
    }

    @Test
    @Needs(Capability.SHARED)
    void closingTheConnectionGivesBackWhatItsIntakesHeld() {
        store(samples(3));
        take(intake("w"), 2);
        broker.close();
        broker = stage.open(time);
        List<Delivery> again = take(intake("other"), 3);
        assertThat(ids(again)).containsExactlyInAnyOrder("t0", "t1", "t2");
        assertThat(again).allMatch(d -> d.envelope().history().equals(History.NONE));
    }

    @Test
    @Given(Facility.TIMED_LEASE)
    @Needs({Capability.CANCEL_ACTIVE, Capability.FIND, Capability.RETENTION})
    void aStalledTaskThatWasToBeCancelledIsCancelled() {
        store(sample("a"));
        Intake stalled = intake("stalled");
        takeOne(stalled);
        tasks().cancel(TaskId.of("a"), "not wanted", Duration.ofHours(1));
        pass(OVER);
        Await.until("it is cancelled", () -> {
            recover();
            return state("a") == TaskState.CANCELLED;
        });
        TaskInfo cancelled = info("a");
        assertThat(cancelled.reason()).isEqualTo("not wanted");
        assertNothingToTake(intake("other"));
    }

    @Test
    void anEnvelopeIsWholeAfterATakeOver() {
        Envelope sent = sample("a").withHeaders(java.util.Map.of("k", "v")).envelope();
        store(List.of(sent));
        Intake worker = intake("w");
        take(worker, 1);
        worker.close();
        assertThat(takeOne(intake("other")).envelope()).isEqualTo(sent);
    }
}
