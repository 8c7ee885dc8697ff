package dev.errand.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.DeadCause;
import dev.errand.TaskState;
import dev.errand.bench.soak.Incident.What;
import dev.errand.bench.soak.Line.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the checker accepts, and above all what it does not. Times are in seconds. */
class CheckerTest {
    private static final String WORK = "work 5";
    private final Ledger ledger = new Ledger();
    private final List<Incident> incidents = new ArrayList<>();
    private final Map<String, Held> held = new HashMap<>();
    private final Map<String, Duration> leases =
            Map.of("a", Duration.ofSeconds(2), "b", Duration.ofSeconds(2), "slow", Duration.ofSeconds(30));

    @Test
    void aTaskThatRanOnceIsCompleted() {
        stored(WORK);
        run("a", 1, 0, 10, Event.END, 11);
        assertThat(check()).isEqualTo(new Verdict(1, 1, 0, 0, 0, 0, Map.of(), List.of()));
    }

    @Test
    void aTaskThatNeverRanAndIsNotThereIsLost() {
        stored(WORK);
        assertThat(check().failures())
                .containsExactly("task t is lost: acknowledged, never run, and not in the broker");
    }

    @Test
    void aTaskThatWaitsIsNotLost() {
        stored(WORK);
        held.put("t", new Held(TaskState.PENDING, null, 0));
        assertThat(check()).isEqualTo(new Verdict(1, 0, 0, 0, 1, 0, Map.of(), List.of()));
    }

    @Test
    void aTaskThatIsGoneThoughItsOnlyRunDidNotReturnIsAFailure() {
        stored(WORK);
        run("a", 1, 0, 10, Event.INTERRUPTED, 11);
        assertThat(check().failures()).containsExactly("task t is gone, but its last run did not return");
    }

    @Test
    void aTaskThatIsGoneThoughItsRunOnlyFailedIsAFailure() {
        stored("fail_first 1");
        run("a", 1, 0, 10, Event.FAIL, 11);
        assertThat(check().failures()).containsExactly("task t is gone, but its last run did not return");
    }

    @Test
    void aCompletedTaskThatIsKeptMustHaveReturned() {
        stored(WORK);
        held.put("t", new Held(TaskState.COMPLETED, null, 0));
        assertThat(check().failures()).containsExactly("task t is completed, but its last run did not return");
    }

    @Test
    void aSecondRunWithoutAReasonIsAFailure() {
        stored(WORK);
        run("a", 1, 0, 10, Event.END, 11);
        run("b", 2, 0, 12, Event.END, 13);
        Verdict verdict = check();
        assertThat(verdict.again(Reason.NONE)).isOne();
        assertThat(verdict.failures()).singleElement().asString().startsWith("task t ran again without a reason");
    }

    @Test
    void oneAttemptThatRunsTwiceIsAFailureWhateverHappened() {
        stored(WORK);
        run("a", 1, 0, 10, Event.END, 11);
        kill("a", 11);
        run("b", 1, 0, 12, Event.END, 13);
        assertThat(check().again(Reason.NONE)).isOne();
    }

    @Test
    void theUnacknowledgedMayRunButNotTwice() {
        run("a", 1, 0, 10, Event.END, 11);
        run("b", 2, 0, 12, Event.END, 13);
        Verdict verdict = check();
        assertThat(verdict.unacknowledged()).isOne();
        assertThat(verdict.failures()).hasSize(1);
    }

    @Test
    void aKillExplainsTheNextRun() {
        stored(WORK);
        run("a", 1, 0, 10, null, 0);
        kill("a", 11);
        run("b", 2, 1, 12, Event.END, 13);
        Verdict verdict = check();
        assertThat(verdict.failures()).isEmpty();
        assertThat(verdict.completed()).isOne();
        assertThat(verdict.again(Reason.KILLED)).isOne();
    }

    @Test
    void aKillOfAnotherProcessExplainsNothing() {
        stored(WORK);
        run("a", 1, 0, 10, Event.END, 10);
        kill("b", 11);
        run("b", 2, 0, 12, Event.END, 13);
        assertThat(check().again(Reason.NONE)).isOne();
    }

    @Test
    void aKillAfterTheNextRunExplainsNothing() {
        stored(WORK);
        run("a", 1, 0, 10, Event.END, 11);
        run("b", 2, 0, 12, Event.END, 13);
        kill("a", 14);
        assertThat(check().again(Reason.NONE)).isOne();
    }

    @Test
    void aKillBeforeTheRunExplainsNothing() {
        stored(WORK);
        kill("a", 9);
        run("a", 1, 0, 10, Event.END, 11);
        run("b", 2, 0, 12, Event.END, 13);
        assertThat(check().again(Reason.NONE)).isOne();
    }

    @Test
    void aKillLongAfterTheEndExplainsNothingUnlessTheBrokerWasHeldUp() {
        stored(WORK);
        run("a", 1, 0, 10, Event.END, 11);
        kill("a", 60);
        run("b", 2, 1, 61, Event.END, 62);
        assertThat(check().again(Reason.NONE)).isOne();
        incidents.add(incident(What.STOPPED, "b", 12, 58));
        assertThat(check().again(Reason.KILLED)).isOne();
    }

    @Test
    void aStopThatOutlastsTheLeaseExplainsTheNextRunAndTheLateEnd() {
        stored(WORK);
        run("a", 1, 0, 10, Event.END, 15);
        incidents.add(incident(What.STOPPED, "a", 11, 15));
        run("b", 2, 1, 13, Event.END, 14);
        Verdict verdict = check();
        assertThat(verdict.failures()).isEmpty();
        assertThat(verdict.again(Reason.STOPPED)).isOne();
    }

    @Test
    void aStopExplainsARunThatBeginsOnlyAfterIt() {
        stored(WORK);
        run("b", 2, 1, 13, Event.END, 14);
        incidents.add(incident(What.STOPPED, "a", 10, 15));
        run("a", 1, 0, 16, Event.END, 17);
        assertThat(check().again(Reason.STOPPED)).isOne();
    }

    @Test
    void aStopThatIsShorterThanTheLeaseExplainsNothing() {
        stored(WORK);
        run("slow", 1, 0, 10, Event.END, 15);
        incidents.add(incident(What.STOPPED, "slow", 11, 15));
        run("b", 2, 1, 13, Event.END, 14);
        assertThat(check().again(Reason.NONE)).isOne();
    }

    @Test
    void aStopExplainsNothingIfTheBrokerCountedNoLostLease() {
        stored(WORK);
        run("a", 1, 0, 10, Event.END, 15);
        incidents.add(incident(What.STOPPED, "a", 11, 15));
        run("b", 2, 0, 13, Event.END, 14);
        assertThat(check().again(Reason.NONE)).isOne();
    }

    @Test
    void aLeaseThatRunsOutOnASlowMachineIsOwnedUpTo() {
        stored(WORK);
        run("slow", 1, 0, 10, Event.END, 45);
        run("b", 2, 1, 42, Event.END, 43);
        assertThat(check().again(Reason.STALLED)).isOne();
    }

    @Test
    void aLongLeaseThatIsTakenAwayAtOnceIsAFailure() {
        stored(WORK);
        run("slow", 1, 0, 10, Event.END, 12);
        run("b", 2, 1, 11, Event.END, 12);
        assertThat(check().again(Reason.NONE)).isOne();
    }

    @Test
    void failuresThatWereAskedForAreTriedAgain() {
        stored("fail_first 1");
        run("a", 1, 0, 10, Event.FAIL, 11);
        run("b", 2, 0, 12, Event.END, 13);
        Verdict verdict = check();
        assertThat(verdict.failures()).isEmpty();
        assertThat(verdict.again(Reason.RETRY)).isOne();
        assertThat(verdict.doubleRuns()).isZero();
    }

    @Test
    void whatIsRefusedIsNotTriedAgain() {
        stored("refuse 0");
        run("a", 1, 0, 10, Event.FAIL, 11);
        run("b", 2, 0, 12, Event.FAIL, 13);
        held.put("t", new Held(TaskState.DEAD, DeadCause.REFUSED, 0));
        assertThat(check().again(Reason.NONE)).isOne();
        kill("a", 11);
        assertThat(check().again(Reason.KILLED)).isOne();
    }

    @Test
    void moreAttemptsThanThePolicyAllowsAreAFailure() {
        stored("fail_always 0");
        run("a", 1, 0, 10, Event.FAIL, 11);
        run("b", 2, 0, 12, Event.FAIL, 13);
        run("b", 3, 0, 14, Event.FAIL, 15);
        held.put("t", new Held(TaskState.DEAD, DeadCause.EXHAUSTED, 0));
        assertThat(check().again(Reason.RETRY)).isEqualTo(2);
        assertThat(check().failures()).isEmpty();
        run("b", 4, 0, 16, Event.FAIL, 17);
        assertThat(check().again(Reason.NONE)).isOne();
    }

    @Test
    void aFailureThatTheBrokerNeverHeardOfIsNoAttempt() {
        stored("fail_always 0");
        run("a", 1, 0, 10, Event.FAIL, 11);
        kill("a", 11);
        run("b", 2, 1, 12, Event.FAIL, 13);
        run("b", 3, 1, 14, Event.FAIL, 15);
        run("b", 4, 1, 16, Event.FAIL, 17);
        held.put("t", new Held(TaskState.DEAD, DeadCause.EXHAUSTED, 1));
        assertThat(check().failures()).isEmpty();
    }

    @Test
    void aKillSomeSecondsAfterTheEndExplainsNothingEither() {
        stored(WORK);
        run("slow", 1, 0, 10, Event.END, 11);
        kill("slow", 16);
        run("b", 2, 1, 17, Event.END, 18);
        assertThat(check().again(Reason.NONE)).isOne();
        incidents.add(incident(What.STOPPED, "b", 12, 15));
        assertThat(check().again(Reason.KILLED)).as("the broker was held up").isOne();
    }

    @Test
    void whatIsKeptMayNotBeGone() {
        stored(WORK + " kept");
        run("a", 1, 0, 10, Event.END, 11);
        assertThat(check().failures()).containsExactly("task t is gone, though it is kept for a day");
        held.put("t", new Held(TaskState.COMPLETED, null, 0));
        assertThat(check().failures()).isEmpty();
    }

    @Test
    void aRetryBeforeTheFailureIsAFailure() {
        stored("fail_first 1");
        run("a", 1, 0, 10, Event.FAIL, 15);
        run("b", 2, 0, 12, Event.END, 13);
        assertThat(check().again(Reason.NONE)).isOne();
    }

    @Test
    void aStoppingWorkerGivesBack() {
        stored(WORK);
        run("a", 1, 0, 10, Event.INTERRUPTED, 12);
        incidents.add(incident(What.RESTARTED, "a", 11, 13));
        run("b", 2, 0, 12, Event.END, 13);
        Verdict verdict = check();
        assertThat(verdict.failures()).isEmpty();
        assertThat(verdict.again(Reason.GIVEN_BACK)).isOne();
    }

    @Test
    void whatEndedBeforeItsWorkerStoppedIsNotGivenBack() {
        stored(WORK);
        run("a", 1, 0, 10, Event.END, 12);
        incidents.add(incident(What.RESTARTED, "a", 11, 13));
        run("b", 2, 0, 14, Event.END, 15);
        assertThat(check().again(Reason.NONE)).isOne();
    }

    @Test
    void theBrokersDeathExplainsALostLease() {
        stored(WORK);
        run("slow", 1, 0, 10, Event.END, 15);
        incidents.add(incident(What.BROKER_KILLED, "broker", 11, 13));
        run("b", 2, 1, 14, Event.END, 15);
        assertThat(check().again(Reason.BROKER_KILLED)).isOne();
    }

    @Test
    void whatMustDieIsDead() {
        stored("refuse 0");
        run("a", 1, 0, 10, Event.FAIL, 11);
        held.put("t", new Held(TaskState.DEAD, DeadCause.REFUSED, 0));
        assertThat(check()).isEqualTo(new Verdict(1, 0, 1, 0, 0, 0, Map.of(), List.of()));
    }

    @Test
    void whatMustDieMayNotBeCompleted() {
        stored("fail_always 0");
        run("a", 1, 0, 10, Event.END, 11);
        assertThat(check().failures()).containsExactly("task t is gone, but can only be dead: fail_always 0");
    }

    @Test
    void aGoodTaskMayNotDieUnlessItCrashedTooOften() {
        stored(WORK);
        run("a", 1, 0, 10, null, 0);
        held.put("t", new Held(TaskState.DEAD, DeadCause.CRASHED, 2));
        assertThat(check().failures()).containsExactly("task t is dead (CRASHED, 2 crashes) without a reason");
        held.put("t", new Held(TaskState.DEAD, DeadCause.CRASHED, 3));
        assertThat(check()).isEqualTo(new Verdict(1, 0, 1, 1, 0, 0, Map.of(), List.of()));
        held.put("t", new Held(TaskState.DEAD, DeadCause.EXHAUSTED, 0));
        assertThat(check().failures()).hasSize(1);
    }

    private Verdict check() {
        return new Checker(new Explainer(incidents, leases), held).check(ledger);
    }

    private void stored(String script) {
        ledger.line("producer", new Line(micros(1), Event.STORED, "t", 0, 0, 0, script));
    }

    private void run(String process, long number, int crashes, int begin, Event end, int endedAt) {
        ledger.line(process, new Line(micros(begin), Event.BEGIN, "t", number, 7, crashes, WORK));
        if (end != null) {
            ledger.line(process, new Line(micros(endedAt), end, "t", number, 7, crashes, ""));
        }
    }

    private void kill(String process, int at) {
        incidents.add(incident(What.KILLED, process, at, at));
    }

    private static Incident incident(What what, String process, int from, int to) {
        return new Incident(what, process, micros(from), micros(to));
    }

    private static long micros(int seconds) {
        return seconds * 1_000_000L;
    }
}
