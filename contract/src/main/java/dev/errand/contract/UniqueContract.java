package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.Duplicate;
import dev.errand.EnqueueAnswer;
import dev.errand.EnqueueResult;
import dev.errand.Enqueued;
import dev.errand.Errand;
import dev.errand.TaskId;
import dev.errand.TaskType;
import dev.errand.broker.Capability;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Receipt;
import dev.errand.broker.Upkeep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** A task of a type and key is one of its kind, for as long as the rule says and no longer. */
@Needs(Capability.UNIQUE)
abstract class UniqueContract extends PortContract {
    private static final Receipt STORED = new Receipt.Stored();
    private static final Duration NO_TTL = Duration.ZERO;

    private static Receipt duplicate(String of) {
        return new Receipt.Duplicate(TaskId.of(of));
    }

    private Receipt enqueue(Sample sample) {
        return broker.enqueue(List.of(sample.envelope())).getFirst();
    }

    private Sample unique(String id, Duration ttl) {
        return sample(id).withUnique("key", ttl);
    }

    @Test
    void aSecondOneIsAnsweredWithTheFirst() {
        assertThat(enqueue(unique("a", NO_TTL))).isEqualTo(STORED);
        assertThat(enqueue(unique("b", NO_TTL))).isEqualTo(duplicate("a"));
        assertThat(enqueue(unique("c", NO_TTL))).isEqualTo(duplicate("a"));
        Intake worker = intake("w");
        take(worker, 1);
        assertNothingToTake(worker);
    }

    @Test
    void anotherKeyOrTypeIsAnotherKind() {
        assertThat(enqueue(unique("a", NO_TTL))).isEqualTo(STORED);
        assertThat(enqueue(sample("b").withUnique("other key", NO_TTL))).isEqualTo(STORED);
        assertThat(enqueue(unique("c", NO_TTL).withType("other type"))).isEqualTo(STORED);
        assertThat(enqueue(sample("d"))).as("without a key").isEqualTo(STORED);
        assertThat(enqueue(sample("e").withUnique("KEY", NO_TTL)))
                .as("case counts")
                .isEqualTo(STORED);
    }

    @Test
    void theQueueMakesNoDifference() {
        assertThat(enqueue(unique("a", NO_TTL).withQueue("one"))).isEqualTo(STORED);
        assertThat(enqueue(unique("b", NO_TTL).withQueue("two"))).isEqualTo(duplicate("a"));
    }

    @Test
    void aBatchIsCheckedAgainstItself() {
        List<Envelope> batch = List.of(
                unique("a", NO_TTL).envelope(),
                unique("b", NO_TTL).envelope(),
                sample("c").withUnique("other", NO_TTL).envelope(),
                unique("d", NO_TTL).envelope());
        assertThat(broker.enqueue(batch)).containsExactly(STORED, duplicate("a"), STORED, duplicate("a"));
    }

    @Test
    void aRepeatedEnqueueIsNotItsOwnDuplicate() {
        Sample one = unique("a", Duration.ofHours(1));
        assertThat(enqueue(one)).isEqualTo(STORED);
        assertThat(enqueue(one)).isEqualTo(STORED);
    }

    @Test
    void theKeyIsHeldInEveryStateBeforeTheEnd() {
        assertThat(enqueue(unique("a", NO_TTL).withNotBefore(now().plusMillis(200))))
                .isEqualTo(STORED);
        assertThat(enqueue(unique("b", NO_TTL))).as("scheduled").isEqualTo(duplicate("a"));
        pass(Duration.ofMillis(200));
        Intake worker = intake("w");
        Delivery taken = takeOne(worker);
        assertThat(enqueue(unique("b", NO_TTL))).as("active").isEqualTo(duplicate("a"));
        settled(worker, taken, retry(Duration.ofMillis(100)));
        assertThat(enqueue(unique("b", NO_TTL))).as("retry").isEqualTo(duplicate("a"));
        pass(Duration.ofMillis(100));
        taken = takeOne(worker);
        settled(worker, taken, release(Duration.ZERO));
        assertThat(enqueue(unique("b", NO_TTL))).as("given back").isEqualTo(duplicate("a"));
        settled(worker, takeOne(worker), done());
        assertThat(enqueue(unique("b", NO_TTL))).as("completed").isEqualTo(STORED);
    }

    @Test
    void withoutATimeToLiveCompletionFreesTheKey() {
        enqueue(unique("a", NO_TTL));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), doneKept(null, Duration.ofHours(1)));
        assertThat(enqueue(unique("b", NO_TTL))).isEqualTo(STORED);
    }

    @Test
    void theTimeToLiveOutlastsTheCompletion() {
        Duration ttl = Duration.ofMillis(1_500);
        enqueue(unique("a", ttl));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), done());
        assertThat(enqueue(unique("b", ttl))).isEqualTo(duplicate("a"));
        pass(ttl);
        assertThat(enqueue(unique("c", ttl))).isEqualTo(STORED);
        assertThat(enqueue(unique("d", ttl))).isEqualTo(duplicate("c"));
    }

    @Test
    void theTaskOutlastsTheTimeToLive() {
        enqueue(unique("a", Duration.ofMillis(200)));
        pass(Duration.ofMillis(300));
        assertThat(enqueue(unique("b", Duration.ofMillis(200)))).isEqualTo(duplicate("a"));
    }

    @Test
    void deathWithoutATimeToLiveFreesTheKey() {
        kill(intake("w"), unique("a", NO_TTL), "dead");
        assertThat(enqueue(unique("b", NO_TTL))).isEqualTo(STORED);
    }

    @Test
    void theTimeToLiveOutlastsTheDeath() {
        kill(intake("w"), unique("a", Duration.ofHours(1)), "dead");
        assertThat(enqueue(unique("b", NO_TTL))).isEqualTo(duplicate("a"));
    }

    @Test
    @Needs(Capability.CANCEL_WAITING)
    void aCancelFreesTheKeyAtOnce() {
        enqueue(unique("a", Duration.ofHours(1)));
        tasks().cancel(TaskId.of("a"), "not wanted", Duration.ofHours(1));
        assertThat(enqueue(unique("b", Duration.ofHours(1)))).isEqualTo(STORED);
    }

    @Test
    void aHandlersCancelFreesTheKeyAtOnce() {
        enqueue(unique("a", Duration.ofHours(1)));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), new Verdict.Cancel("not wanted", Duration.ofHours(1)));
        assertThat(enqueue(unique("b", Duration.ofHours(1)))).isEqualTo(STORED);
    }

    @Test
    @Needs(Capability.FIND)
    void aDeletionFreesTheKeyAtOnce() {
        enqueue(unique("a", Duration.ofHours(1)));
        assertThat(tasks().delete(TaskId.of("a"))).isTrue();
        assertThat(enqueue(unique("b", Duration.ofHours(1)))).isEqualTo(STORED);
    }

    @Test
    void deletingADeadLetterFreesTheKeyAtOnce() {
        kill(intake("w"), unique("a", Duration.ofHours(1)), "dead");
        assertThat(deadLetters().purge(dev.errand.broker.TaskFilter.ALL, 10)).isEqualTo(1);
        assertThat(enqueue(unique("b", Duration.ofHours(1)))).isEqualTo(STORED);
    }

    @Test
    @Needs({Capability.RETENTION, Capability.FIND})
    @Given(Facility.VIRTUAL_TIME)
    void theEndOfTheRetentionLeavesTheTimeToLive() {
        enqueue(unique("a", Duration.ofHours(2)));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), doneKept(null, Duration.ofHours(1)));
        pass(Duration.ofMinutes(61));
        part(Upkeep.class).prune(new Upkeep.DeadLetterLimits(Duration.ofDays(90), 100), 100);
        assertThat(find("a")).isEmpty();
        assertThat(enqueue(unique("b", Duration.ofHours(2)))).isEqualTo(duplicate("a"));
        pass(Duration.ofMinutes(59));
        assertThat(enqueue(unique("c", Duration.ofHours(2)))).isEqualTo(STORED);
    }

    @Test
    @Needs(Capability.DEAD_LETTERS_BY_ID)
    void aRedrivenTaskTakesItsKeyAgain() {
        kill(intake("w"), unique("a", NO_TTL), "dead");
        assertThat(deadLetters().redrive(TaskId.of("a"))).isTrue();
        assertThat(enqueue(unique("b", NO_TTL))).isEqualTo(duplicate("a"));
    }

    @Test
    @Needs(Capability.DEAD_LETTERS_BY_ID)
    void aRedrivenTaskLeavesItsKeyToItsSuccessor() {
        Intake worker = intake("w");
        kill(worker, unique("a", NO_TTL), "dead");
        assertThat(enqueue(unique("b", NO_TTL))).isEqualTo(STORED);
        assertThat(deadLetters().redrive(TaskId.of("a"))).isTrue();
        List<Delivery> both = take(worker, 2);
        assertThat(ids(both)).containsExactlyInAnyOrder("a", "b");
        Delivery a = both.stream()
                .filter(d -> d.envelope().id().value().equals("a"))
                .findFirst()
                .orElseThrow();
        settled(worker, a, done());
        assertThat(enqueue(unique("c", NO_TTL))).as("b holds the key still").isEqualTo(duplicate("b"));
    }

    @Test
    void manyCallersAtOnceStoreOne() throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(16);
        List<FutureTask<Receipt>> callers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            String id = "c" + i;
            callers.add(beside(() -> {
                barrier.await();
                return enqueue(unique(id, Duration.ofHours(1)));
            }));
        }
        List<Receipt> receipts = new ArrayList<>();
        for (FutureTask<Receipt> caller : callers) {
            receipts.add(result(caller));
        }
        assertThat(receipts).filteredOn(STORED::equals).hasSize(1);
        assertThat(new HashSet<>(receipts)).as("all others name the same task").hasSize(2);
        Intake worker = intake("w");
        take(worker, 1);
        assertNothingToTake(worker);
    }

    @Test
    void keysAreAnyText() {
        Set<String> keys = Set.of(
                "'; DROP TABLE tasks; --",
                "a:b:{c}",
                "مفتاح",
                "e\u0301",
                "\u00e9",
                "😀😀",
                "%_*?",
                "k".repeat(255),
                " spaced ");
        int i = 0;
        for (String key : keys) {
            assertThat(enqueue(sample("first" + i).withUnique(key, NO_TTL)))
                    .as(key)
                    .isEqualTo(STORED);
            assertThat(enqueue(sample("second" + i).withUnique(key, NO_TTL)))
                    .as(key)
                    .isEqualTo(duplicate("first" + i));
            i++;
        }
    }

    @Test
    void aTypeDeclaresItsKeyByAFunctionOrByItsPayload() {
        TaskType<String> byFunction =
                TaskType.of("by.function", String.class).uniqueBy(s -> s.substring(0, 1), Duration.ofHours(1));
        TaskType<String> byPayload = TaskType.of("by.payload", String.class).unique(Duration.ofHours(1));
        Errand errand = stage.connect(broker, time, c -> {});
        EnqueueResult first = errand.enqueue(byFunction, "apple");
        assertThat(first).isInstanceOf(Enqueued.class);
        assertThat(errand.enqueue(byFunction, "avocado")).isEqualTo(new Duplicate(first.id()));
        assertThat(errand.enqueue(byFunction, "banana")).isInstanceOf(Enqueued.class);
        EnqueueResult whole = errand.enqueue(byPayload, "apple");
        assertThat(errand.enqueue(byPayload, "apple")).isEqualTo(new Duplicate(whole.id()));
        assertThat(errand.enqueue(byPayload, "avocado")).isInstanceOf(Enqueued.class);
        assertThat(errand.enqueue(byPayload, "avocado", o -> o.uniqueKey("own")))
                .isInstanceOf(Enqueued.class);
    }

    @Test
    void aBulkEnqueueNamesEachDuplicate() {
        TaskType<String> type = TaskType.of("bulk.unique", String.class).unique(Duration.ofHours(1));
        Errand errand = stage.connect(broker, time, c -> {});
        List<EnqueueAnswer> answers = errand.enqueueAll(type, List.of("x", "y", "x", "z", "y"));
        assertThat(answers).hasSize(5);
        TaskId x = ((Enqueued) answers.get(0)).id();
        TaskId y = ((Enqueued) answers.get(1)).id();
        assertThat(answers.get(2)).isEqualTo(new Duplicate(x));
        assertThat(answers.get(3)).isInstanceOf(Enqueued.class);
        assertThat(answers.get(4)).isEqualTo(new Duplicate(y));
    }
}
