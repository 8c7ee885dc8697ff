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
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Settled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where a task goes after an attempt. */
abstract class SettleContract extends PortContract {
    private static final Settled DONE = new Settled.Done();
    private static final Settled STALE = new Settled.Stale();

    @Test
    void aCompletedTaskIsGone() {
        store(sample("a"));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), done());
        assertNothingToTake(worker);
        assertThat(stats().depth(Sample.QUEUE)).isZero();
    }

    @Test
    @Needs(Capability.FIND)
    void aCompletedTaskWithoutRetentionIsNotFound() {
        store(sample("a"));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), done());
        assertThat(find("a")).isEmpty();
    }

    @Test
    @Needs({Capability.FIND, Capability.RETENTION, Capability.RESULTS})
    void aCompletedTaskIsKeptWithItsResultForItsRetention() {
        store(sample("a"));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), doneKept(Sample.text("the result"), Duration.ofHours(1)));
        TaskInfo kept = info("a");
        assertThat(kept.state()).isEqualTo(TaskState.COMPLETED);
        assertThat(kept.result()).isEqualTo(Sample.text("the result"));
        assertThat(kept.ended()).isEqualTo(now().truncatedTo(java.time.temporal.ChronoUnit.MILLIS));
        assertThat(kept.worker()).as("nobody runs it any more").isNull();
        assertNothingToTake(worker);
    }

    @Test
    @Given(Facility.ORDER)
    void aRetryWithoutDelayGoesToTheEndOfTheLine() {
        store(samples(3));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), retry(Duration.ZERO));
        assertThat(ids(take(worker, 3))).containsExactly("t1", "t2", "t0");
    }

    @Test
    void aRetryIsNotEarly() {
        store(sample("a"));
        Intake worker = intake("w");
        var until = now().plusMillis(1500);
        settled(worker, takeOne(worker), retry(Duration.ofMillis(1500)));
        assertNothingToTake(worker);
        pass(Duration.ofMillis(600));
        assertNothingToTake(worker);
        pass(Duration.ofMillis(900));
        Delivery again = takeOne(worker);
        assertThat(again.envelope().id().value()).isEqualTo("a");
        assertThat(now()).isAfterOrEqualTo(until);
    }

    @Test
    void theHistoryTravelsWithTheTask() {
        store(sample("a").withHeaders(Map.of("k", "v")));
        Intake worker = intake("w");
        History expected = History.NONE;
        for (int i = 1; i <= 13; i++) {
            Delivery taken = takeOne(worker);
            assertThat(taken.envelope().history()).isEqualTo(expected);
            expected = taken.envelope().history().failed(failure("failure " + i, i));
            Envelope changed = taken.envelope().withHistory(expected);
            assertThat(settle(worker, new Outcome(taken.lease(), changed, retry(Duration.ZERO))))
                    .isEqualTo(DONE);
        }
        Envelope last = takeOne(worker).envelope();
        assertThat(last.history().attempts()).isEqualTo(13);
        assertThat(last.history().errors())
                .as("the newest errors, capped")
                .hasSize(History.MAX_ERRORS)
                .extracting(AttemptError::message)
                .startsWith("failure 4")
                .endsWith("failure 13");
        assertThat(last.headers()).containsOnly(Map.entry("k", "v"));
    }

    @Test
    void unknownFieldsSurviveEveryRewrite() {
        Envelope plain = sample("a").envelope();
        Envelope sent = new Envelope(
                plain.id(),
                plain.type(),
                plain.payload(),
                plain.queue(),
                0,
                plain.created(),
                null,
                null,
                History.NONE,
                plain.policy(),
                null,
                null,
                "partition",
                TaskId.of("parent"),
                "workflow",
                Map.of("trace", "1"),
                Map.of("foreign", "still here"));
        store(List.of(sent));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), retry(Duration.ZERO));
        settled(worker, takeOne(worker), release(Duration.ofMillis(10)));
        pass(Duration.ofMillis(50));
        assertThat(takeOne(worker).envelope()).isEqualTo(sent);
    }

    @Test
    void aHugeErrorIsKept() {
        store(sample("a"));
        Intake worker = intake("w");
        Delivery taken = takeOne(worker);
        AttemptError error = new AttemptError(now(), 1, "E", "😀".repeat(500), "at \u0000 line\n".repeat(300), "w");
        History history = taken.envelope().history().failed(error);
        assertThat(settle(
                        worker,
                        new Outcome(taken.lease(), taken.envelope().withHistory(history), retry(Duration.ZERO))))
                .isEqualTo(DONE);
        assertThat(takeOne(worker).envelope().history()).isEqualTo(history);
    }

    @Test
    @Given(Facility.ORDER)
    void aReleasedTaskGoesFirstAndNothingIsCounted() {
        store(samples(3));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), release(Duration.ZERO));
        List<Delivery> all = take(worker, 3);
        assertThat(ids(all)).containsExactly("t0", "t1", "t2");
        assertThat(all.getFirst().envelope().history()).isEqualTo(History.NONE);
    }

    @Test
    void aReleaseWithADelayIsNotEarlyAndNothingIsCounted() {
        store(sample("a"));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), release(Duration.ofSeconds(1)));
        assertNothingToTake(worker);
        pass(Duration.ofSeconds(1));
        assertThat(takeOne(worker).envelope().history()).isEqualTo(History.NONE);
    }

    @Test
    @Needs({Capability.FIND, Capability.RETENTION})
    void aCancelledTaskIsKeptWithItsReason() {
        store(sample("a"));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), new Verdict.Cancel("not wanted", Duration.ofHours(1)));
        TaskInfo kept = info("a");
        assertThat(kept.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(kept.reason()).isEqualTo("not wanted");
        assertThat(kept.ended()).isNotNull();
        assertNothingToTake(worker);
    }

    @Test
    void aCancelledTaskWithoutRetentionIsGone() {
        store(sample("a"));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), new Verdict.Cancel("not wanted", Duration.ZERO));
        assertNothingToTake(worker);
        assertThat(deadLetters().show(TaskId.of("a"))).isEmpty();
    }

    @Test
    void aMixedBatchIsAnsweredInItsOrder() {
        store(samples(6));
        Intake worker = intake("w");
        List<Delivery> t = take(worker, 6);
        List<Settled> answers = worker.settle(List.of(
                outcome(t.get(0), done()),
                outcome(t.get(1), retry(Duration.ZERO)),
                outcome(t.get(2), dead("enough")),
                outcome(t.get(3), release(Duration.ZERO)),
                outcome(t.get(4), new Verdict.Cancel("no", Duration.ZERO)),
                outcome(t.get(5), done())));
        assertThat(answers).hasSize(6).containsOnly(DONE);
        assertThat(ids(take(worker, 2)))
                .containsExactlyInAnyOrder(
                        t.get(1).envelope().id().value(),
                        t.get(3).envelope().id().value());
        assertThat(deadLetters().show(t.get(2).envelope().id())).isPresent();
        assertNothingToTake(worker);
    }

    @Test
    void noOutcomesHaveNoAnswers() {
        assertThat(intake("w").settle(List.of())).isEmpty();
    }

    @Test
    void aThousandOutcomesAreSettledAtOnce() {
        store(samples(1_000));
        Intake worker = intake("w");
        List<Outcome> outcomes = new ArrayList<>();
        take(worker, 1_000).forEach(d -> outcomes.add(outcome(d, done())));
        assertThat(worker.settle(outcomes)).hasSize(1_000).containsOnly(DONE);
        assertNothingToTake(worker);
    }

    @Test
    @Needs(Capability.FENCING)
    void anOutcomeWithAnotherTokenIsRefusedAndChangesNothing() {
        store(sample("a"));
        Intake worker = intake("w");
        Delivery taken = takeOne(worker);
        Lease wrongNonce = withOtherNonce(taken.lease());
        Lease wrongNumber = new Lease(
                taken.lease().task(),
                taken.lease().queue(),
                new AttemptToken(
                        taken.lease().token().number() + 1,
                        taken.lease().token().nonce()));
        assertThat(settle(worker, new Outcome(wrongNonce, taken.envelope(), done())))
                .isEqualTo(STALE);
        assertThat(settle(worker, new Outcome(wrongNumber, taken.envelope(), dead("no"))))
                .isEqualTo(STALE);
        assertThat(settle(worker, taken, retry(Duration.ZERO))).isEqualTo(DONE);
        assertThat(takeOne(worker).envelope().id().value()).isEqualTo("a");
    }

    @Test
    @Needs(Capability.FENCING)
    void anAttemptSpeaksOnce() {
        store(samples(3));
        Intake worker = intake("w");
        List<Delivery> t = take(worker, 3);
        settled(worker, t.get(0), done());
        settled(worker, t.get(1), dead("enough"));
        settled(worker, t.get(2), retry(Duration.ofHours(1)));
        assertThat(worker.settle(List.of(
                        outcome(t.get(0), dead("changed my mind")),
                        outcome(t.get(1), done()),
                        outcome(t.get(2), done()))))
                .containsExactly(STALE, STALE, STALE);
        assertThat(deadLetters().show(t.get(0).envelope().id())).isEmpty();
        assertThat(deadLetters().show(t.get(1).envelope().id())).isPresent();
    }

    @Test
    @Needs(Capability.FENCING)
    void theSameAttemptTwiceInOneBatchCountsOnce() {
        store(sample("a"));
        Intake worker = intake("w");
        Delivery taken = takeOne(worker);
        assertThat(worker.settle(List.of(outcome(taken, done()), outcome(taken, retry(Duration.ZERO)))))
                .containsExactly(DONE, STALE);
        assertNothingToTake(worker);
    }

    @Test
    @Needs(Capability.FENCING)
    void anOutcomeOfAnUnknownTaskIsRefused() {
        Intake worker = intake("w");
        Envelope unknown = sample("never-stored").envelope();
        Lease lease = new Lease(unknown.id(), unknown.queue(), new AttemptToken(1, 1));
        assertThat(settle(worker, new Outcome(lease, unknown, done()))).isEqualTo(STALE);
    }

    @Test
    void oneStaleOutcomeDoesNotHoldUpTheOthers() {
        store(samples(3));
        Intake worker = intake("w");
        List<Delivery> t = take(worker, 3);
        settled(worker, t.get(1), done());
        List<Settled> answers =
                worker.settle(t.stream().map(d -> outcome(d, done())).toList());
        assertThat(answers).hasSize(3);
        assertThat(answers.get(0)).isEqualTo(DONE);
        assertThat(answers.get(2)).isEqualTo(DONE);
        assertNothingToTake(worker);
    }
}
