package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.DeadCause;
import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Capability;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Intake;
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Page;
import dev.errand.broker.Receipt;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.Upkeep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What will not be tried again is kept, shown, and can be tried again by a person. */
abstract class DeadLetterContract extends PortContract {
    private static final Optional<String> START = Optional.empty();

    private List<String> allDead(TaskFilter filter) {
        return idsOf(deadLetters().list(filter, START, 1_000).items());
    }

    @Test
    void aDeadLetterIsKeptWholeWithItsErrors() {
        Sample sample = sample("a").withHeaders(java.util.Map.of("k", "v"));
        Intake worker = intake("w");
        kill(worker, sample, "it cannot work");
        TaskInfo letter = deadLetters().show(TaskId.of("a")).orElseThrow();
        assertThat(letter.state()).isEqualTo(TaskState.DEAD);
        assertThat(letter.cause()).isEqualTo(DeadCause.EXHAUSTED);
        assertThat(letter.reason()).isEqualTo("it cannot work");
        assertThat(letter.ended()).isNotNull();
        assertThat(letter.attempts()).isEqualTo(1);
        assertThat(letter.lastError().orElseThrow().message()).isEqualTo("it cannot work");
        Envelope sent = sample.envelope();
        assertThat(letter.envelope().withHistory(History.NONE)).isEqualTo(sent);
        assertNothingToTake(worker);
    }

    @ParameterizedTest
    @EnumSource
    void everyCauseIsKept(DeadCause cause) {
        store(sample("a"));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), new Verdict.Dead(cause, "because"));
        assertThat(deadLetters().show(TaskId.of("a")).orElseThrow().cause()).isEqualTo(cause);
    }

    @Test
    void theNewestComeFirst() {
        Intake worker = intake("w");
        for (int i = 0; i < 5; i++) {
            kill(worker, sample("t" + i), "dead");
            pass(Duration.ofMillis(5));
        }
        assertThat(allDead(TaskFilter.ALL)).containsExactly("t4", "t3", "t2", "t1", "t0");
    }

    @Test
    void pagesCoverAllWithoutRepeats() {
        Intake worker = intake("w");
        store(samples(25));
        for (Delivery delivery : take(worker, 25)) {
            settled(worker, delivery, dead("dead"));
        }
        List<String> seen = new ArrayList<>();
        Optional<String> cursor = START;
        int pages = 0;
        do {
            Page<TaskInfo> page = deadLetters().list(TaskFilter.ALL, cursor, 10);
            assertThat(page.items()).hasSizeLessThanOrEqualTo(10);
            seen.addAll(idsOf(page.items()));
            cursor = page.next();
            pages++;
        } while (cursor.isPresent() && pages < 10);
        assertThat(seen).hasSize(25).doesNotHaveDuplicates();
    }

    @Test
    void theyAreFilteredByQueueAndType() {
        Intake worker = intake("w", "a", "b");
        kill(worker, sample("1").withQueue("a").withType("x"), "dead");
        kill(worker, sample("2").withQueue("a").withType("y"), "dead");
        kill(worker, sample("3").withQueue("b").withType("x"), "dead");
        assertThat(allDead(TaskFilter.ALL)).containsExactlyInAnyOrder("1", "2", "3");
        assertThat(allDead(TaskFilter.ALL.inQueue("a"))).containsExactlyInAnyOrder("1", "2");
        assertThat(allDead(TaskFilter.ALL.ofType("x"))).containsExactlyInAnyOrder("1", "3");
        assertThat(allDead(TaskFilter.ALL.inQueue("a").ofType("x"))).containsExactly("1");
        assertThat(allDead(TaskFilter.ALL.inQueue("none"))).isEmpty();
        assertThat(allDead(TaskFilter.ALL.in(TaskState.PENDING)))
                .as("the filter's states are ignored")
                .hasSize(3);
    }

    @Test
    void onlyDeadLettersAreListed() {
        Intake worker = intake("w");
        kill(worker, sample("dead"), "dead");
        store(sample("ready"), sample("later").withNotBefore(now().plusSeconds(600)));
        assertThat(allDead(TaskFilter.ALL)).containsExactly("dead");
        assertThat(deadLetters().show(TaskId.of("ready"))).isEmpty();
        assertThat(deadLetters().show(TaskId.of("unknown"))).isEmpty();
    }

    @Test
    void aBrokenCursorIsRefusedWithARemedy() {
        kill(intake("w"), sample("a"), "dead");
        assertThatThrownBy(() -> deadLetters().list(TaskFilter.ALL, Optional.of("not ' a cursor"), 10))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("cursor");
    }

    @Test
    @Needs(Capability.DEAD_LETTERS_BY_ID)
    void aRedrivenTaskStartsAgainWithItsErrors() {
        Intake worker = intake("w");
        Delivery first = kill(worker, sample("a"), "dead");
        assertThat(deadLetters().redrive(TaskId.of("a"))).isTrue();
        assertThat(deadLetters().show(TaskId.of("a"))).isEmpty();
        Delivery again = takeOne(worker);
        assertThat(again.envelope().history().attempts()).isZero();
        assertThat(again.envelope().history().crashes()).isZero();
        assertThat(again.envelope().history().errors()).hasSize(1);
        assertThat(again.lease().token().number())
                .as("the token goes on growing")
                .isGreaterThan(first.lease().token().number());
        settled(worker, again, done());
        assertNothingToTake(worker);
    }

    @Test
    @Needs({Capability.DEAD_LETTERS_BY_ID, Capability.FIND})
    void aRedrivenTaskShowsNothingOfItsDeath() {
        kill(intake("w"), sample("a"), "dead");
        deadLetters().redrive(TaskId.of("a"));
        TaskInfo ready = info("a");
        assertThat(ready.state()).isEqualTo(TaskState.PENDING);
        assertThat(ready.cause()).isNull();
        assertThat(ready.reason()).isNull();
        assertThat(ready.ended()).isNull();
        assertThat(ready.ready()).isNotNull();
    }

    @Test
    @Needs(Capability.DEAD_LETTERS_BY_ID)
    void whatIsNotDeadCannotBeRedriven() {
        store(sample("ready"));
        assertThat(deadLetters().redrive(TaskId.of("ready"))).isFalse();
        assertThat(deadLetters().redrive(TaskId.of("unknown"))).isFalse();
        assertThat(deadLetters().delete(TaskId.of("unknown"))).isFalse();
    }

    @Test
    @Needs(Capability.DEAD_LETTERS_BY_ID)
    void aPassedDeadlineDoesNotKillARedrivenTaskAgain() {
        Intake worker = intake("w");
        kill(worker, sample("a").withDeadline(now().plusMillis(500)), "dead");
        pass(Duration.ofMillis(600));
        deadLetters().redrive(TaskId.of("a"));
        assertThat(takeOne(worker).envelope().deadline()).isNull();
    }

    @Test
    void manyAreRedrivenOldestFirstUpToALimit() {
        Intake worker = intake("w");
        for (int i = 0; i < 6; i++) {
            kill(worker, sample("t" + i), "dead");
            pass(Duration.ofMillis(5));
        }
        assertThat(deadLetters().redriveAll(TaskFilter.ALL, 4)).isEqualTo(4);
        assertThat(allDead(TaskFilter.ALL)).containsExactly("t5", "t4");
        assertThat(ids(take(worker, 4))).containsExactlyInAnyOrder("t0", "t1", "t2", "t3");
        assertThat(deadLetters().redriveAll(TaskFilter.ALL, 100)).isEqualTo(2);
        assertThat(deadLetters().redriveAll(TaskFilter.ALL, 100)).isZero();
    }

    @Test
    void redrivingHeedsTheFilter() {
        Intake worker = intake("w", "a", "b");
        kill(worker, sample("1").withQueue("a"), "dead");
        kill(worker, sample("2").withQueue("b"), "dead");
        assertThat(deadLetters().redriveAll(TaskFilter.ALL.inQueue("b"), 100)).isEqualTo(1);
        assertThat(ids(take(worker, 1, "b"))).containsExactly("2");
        assertThat(allDead(TaskFilter.ALL)).containsExactly("1");
    }

    @Test
    @Needs(Capability.DEAD_LETTERS_BY_ID)
    void oneIsDeleted() {
        Intake worker = intake("w");
        kill(worker, sample("a"), "dead");
        kill(worker, sample("b"), "dead");
        assertThat(deadLetters().delete(TaskId.of("a"))).isTrue();
        assertThat(deadLetters().delete(TaskId.of("a"))).isFalse();
        assertThat(allDead(TaskFilter.ALL)).containsExactly("b");
        assertNothingToTake(worker);
    }

    @Test
    void manyArePurgedOldestFirstUpToALimit() {
        Intake worker = intake("w", "a", "b");
        for (int i = 0; i < 4; i++) {
            kill(worker, sample("a" + i).withQueue("a"), "dead");
            kill(worker, sample("b" + i).withQueue("b"), "dead");
            pass(Duration.ofMillis(5));
        }
        assertThat(deadLetters().purge(TaskFilter.ALL.inQueue("a"), 3)).isEqualTo(3);
        assertThat(allDead(TaskFilter.ALL.inQueue("a"))).containsExactly("a3");
        assertThat(deadLetters().purge(TaskFilter.ALL, 100)).isEqualTo(5);
        assertThat(allDead(TaskFilter.ALL)).isEmpty();
        assertNothingToTake(worker, "a", "b");
    }

    @Test
    void aDeadLetterCanDieTwice() {
        Intake worker = intake("w");
        kill(worker, sample("a"), "once");
        assertThat(deadLetters().redriveAll(TaskFilter.ALL, 10)).isEqualTo(1);
        Delivery again = takeOne(worker);
        History history = again.envelope().history().failed(failure("twice", 1));
        assertThat(worker.settle(
                        List.of(new Outcome(again.lease(), again.envelope().withHistory(history), dead("twice")))))
                .hasSize(1);
        TaskInfo letter = deadLetters().list(TaskFilter.ALL, START, 10).items().getFirst();
        assertThat(letter.reason()).isEqualTo("twice");
        assertThat(letter.envelope().history().errors())
                .extracting(dev.errand.AttemptError::message)
                .containsExactly("once", "twice");
    }

    @Test
    @Given(Facility.VIRTUAL_TIME)
    void oldDeadLettersAreDropped() {
        Intake worker = intake("w");
        kill(worker, sample("old"), "dead");
        pass(Duration.ofDays(60));
        kill(intake("w2"), sample("young"), "dead");
        pass(Duration.ofDays(31));
        Upkeep.Pruned pruned = part(Upkeep.class).prune(new Upkeep.DeadLetterLimits(Duration.ofDays(90), 100), 100);
        assertThat(pruned.dead()).isEqualTo(1);
        assertThat(allDead(TaskFilter.ALL)).containsExactly("young");
    }

    @Test
    @Given(Facility.VIRTUAL_TIME)
    void theOldestBeyondTheLimitOfAQueueAreDropped() {
        Intake worker = intake("w", "a", "b");
        for (int i = 0; i < 5; i++) {
            kill(worker, sample("a" + i).withQueue("a"), "dead");
            pass(Duration.ofSeconds(1));
        }
        kill(worker, sample("b").withQueue("b"), "dead");
        Upkeep upkeep = part(Upkeep.class);
        Upkeep.DeadLetterLimits limits = new Upkeep.DeadLetterLimits(Duration.ofDays(90), 2);
        assertThat(upkeep.prune(limits, 1).dead()).as("in slices").isEqualTo(1);
        assertThat(upkeep.prune(limits, 100).dead()).isEqualTo(2);
        assertThat(upkeep.prune(limits, 100).dead()).isZero();
        assertThat(allDead(TaskFilter.ALL)).containsExactlyInAnyOrder("a3", "a4", "b");
    }

    @Test
    @Needs({Capability.DEAD_LETTERS_BY_ID, Capability.FIND})
    void anIdIsTakenWhileItsTaskIsDead() {
        kill(intake("w"), sample("a"), "dead");
        assertThat(broker.enqueue(List.of(sample("a").withType("another").envelope())))
                .containsExactly(new Receipt.Duplicate(TaskId.of("a")));
    }
}
