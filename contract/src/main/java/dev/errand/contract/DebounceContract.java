package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.Debounce;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Outcome;
import dev.errand.broker.Receipt;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.Upkeep;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** A later task replaces the one of its type and key that waits. */
@Needs(Capability.DEBOUNCE)
abstract class DebounceContract extends PortContract {
    private static final Duration DELAY = Duration.ofMillis(400);
    private static final Duration AT_MOST = Duration.ofSeconds(60);

    private Envelope debounced(String id, String key) {
        return debounced(sample(id), key);
    }

    private Envelope debounced(Sample sample, String key) {
        return sample.withNotBefore(now().plus(DELAY)).envelope().withDebounce(new Debounce(key, now().plus(AT_MOST)));
    }

    private Receipt enqueue(Envelope task) {
        return broker.enqueue(List.of(task)).getFirst();
    }

    private static Receipt replaced(String id) {
        return new Receipt.Replaced(TaskId.of(id));
    }

    private static Receipt stored() {
        return new Receipt.Stored();
    }

    private Delivery takeDue(Intake worker) {
        passDelay();
        return take(worker, 1).getFirst();
    }

    private void passDelay() {
        pass(DELAY.plusMillis(50));
    }

    @Test
    void theLaterTaskTakesThePlaceOfTheWaitingOne() {
        Envelope first = debounced("first", "k");
        assertThat(enqueue(first)).isEqualTo(stored());
        pass(Duration.ofMillis(100));
        Envelope second = debounced(
                sample("second").withHeaders(Map.of("h", "2")).withPriority(3).withQueue("other"), "k");
        assertThat(enqueue(second)).isEqualTo(replaced("first"));
        assertThat(find("second")).isEmpty();
        TaskInfo info = info("first");
        assertThat(info.envelope()).isEqualTo(second.replacing(first));
        assertThat(info.envelope().payload()).isEqualTo(Sample.text("payload of second"));
        assertThat(info.envelope().created()).isEqualTo(first.created());
        assertThat(info.due()).isEqualTo(second.notBefore());
        assertThat(info.state()).isEqualTo(TaskState.SCHEDULED);
        Intake worker = intake("w", "other", Sample.QUEUE);
        passDelay();
        assertThat(ids(take(worker, 1, "other"))).containsExactly("first");
        assertNothingToTake(worker, "other", Sample.QUEUE);
    }

    @Test
    void itRunsOnceAfterTheLastOfThem() {
        Intake worker = intake("w");
        for (int i = 0; i < 3; i++) {
            enqueue(debounced("t" + i, "k"));
            pass(Duration.ofMillis(100));
            assertNothingNow(worker);
        }
        Delivery taken = takeDue(worker);
        assertThat(taken.envelope().payload()).isEqualTo(Sample.text("payload of t2"));
        settled(worker, taken, done());
        assertNothingToTake(worker);
    }

    private void assertNothingNow(Intake worker) {
        upkeep(Upkeep.class).ifPresent(u -> u.promote(10));
        assertThat(worker.take(ask(1, Duration.ZERO))).isEmpty();
    }

    @Test
    void otherKeysAndTypesAndTasksWithoutAKeyAreNotConcerned() {
        assertThat(enqueue(debounced("a", "k"))).isEqualTo(stored());
        assertThat(enqueue(debounced("b", "K"))).isEqualTo(stored());
        assertThat(enqueue(debounced(sample("c").withType("another"), "k"))).isEqualTo(stored());
        assertThat(enqueue(sample("d").envelope())).isEqualTo(stored());
        assertThat(enqueue(debounced("größe/😀", "größe/😀"))).isEqualTo(stored());
        assertThat(enqueue(debounced("e", "größe/😀"))).isEqualTo(replaced("größe/😀"));
    }

    @Test
    void itIsNeverPostponedBeyondItsLatestTime() {
        Envelope first = debounced("first", "k").withDebounce(new Debounce("k", now().plus(DELAY.plusMillis(100))));
        enqueue(first);
        pass(Duration.ofMillis(200));
        assertThat(enqueue(debounced("second", "k"))).isEqualTo(replaced("first"));
        Instant latest =
                first.debounce() == null ? Instant.MIN : first.debounce().latest();
        assertThat(info("first").due()).isEqualTo(latest);
        assertThat(info("first").envelope().debounce()).isEqualTo(first.debounce());
    }

    @Test
    void whatIsReadyIsPostponedAgain() {
        enqueue(debounced("first", "k"));
        passDelay();
        upkeep(Upkeep.class).ifPresent(u -> u.promote(10));
        Await.until("it is ready", () -> state("first") == TaskState.PENDING);
        Envelope second = debounced("second", "k");
        assertThat(enqueue(second)).isEqualTo(replaced("first"));
        assertThat(state("first")).isEqualTo(TaskState.SCHEDULED);
        assertThat(info("first").due()).isEqualTo(second.notBefore());
        assertThat(stats().depth(Sample.QUEUE)).isZero();
    }

    @Test
    void whatIsToBeRetriedStartsAnew() {
        enqueue(debounced("first", "k"));
        Intake worker = intake("w");
        Delivery taken = takeDue(worker);
        var history = taken.envelope().history().failed(failure("broken", 1));
        worker.settle(List.of(
                new Outcome(taken.lease(), taken.envelope().withHistory(history), retry(Duration.ofMinutes(10)))));
        Envelope second = debounced("second", "k");
        assertThat(enqueue(second)).isEqualTo(replaced("first"));
        TaskInfo info = info("first");
        assertThat(info.envelope().payload()).isEqualTo(second.payload());
        assertThat(info.attempts()).isZero();
        assertThat(info.lastError()).isPresent();
        assertThat(info.due()).isEqualTo(second.notBefore());
        assertThat(takeDue(worker).envelope().id()).isEqualTo(TaskId.of("first"));
    }

    @Test
    void whileItRunsAnotherOneIsStoredAndReplacedInItsTurn() {
        enqueue(debounced("first", "k"));
        Intake worker = intake("w");
        Delivery running = takeDue(worker);
        assertThat(enqueue(debounced("second", "k"))).isEqualTo(stored());
        assertThat(enqueue(debounced("third", "k"))).isEqualTo(replaced("second"));
        assertThat(info("first").envelope().payload()).isEqualTo(Sample.text("payload of first"));
        settled(worker, running, done());
        assertThat(takeDue(worker).envelope().payload()).isEqualTo(Sample.text("payload of third"));
        assertNothingToTake(worker);
    }

    @Test
    void whatComesBackWhileAnotherWaitsIsDebouncedNoMore() {
        enqueue(debounced("first", "k"));
        Intake worker = intake("w");
        Delivery running = takeDue(worker);
        enqueue(debounced("second", "k"));
        settled(worker, running, retry(Duration.ofMillis(100)));
        assertThat(info("first").envelope().debounce()).isNull();
        assertThat(enqueue(debounced("third", "k"))).isEqualTo(replaced("second"));
        passDelay();
        List<Delivery> both = take(worker, 2);
        assertThat(both)
                .extracting(d -> d.envelope().payload())
                .containsExactlyInAnyOrder(Sample.text("payload of first"), Sample.text("payload of third"));
    }

    @Test
    void whatComesBackAloneIsReplacedAgain() {
        enqueue(debounced("first", "k"));
        Intake worker = intake("w");
        settled(worker, takeDue(worker), release(Duration.ZERO));
        assertThat(enqueue(debounced("second", "k"))).isEqualTo(replaced("first"));
        assertThat(takeDue(worker).envelope().payload()).isEqualTo(Sample.text("payload of second"));
    }

    @Test
    @Needs({Capability.DEBOUNCE, Capability.RETENTION})
    void whatHasEndedIsNotReplaced() {
        Intake worker = intake("w");
        enqueue(debounced("done", "k"));
        settled(worker, takeDue(worker), doneKept(null, Duration.ofHours(1)));
        assertThat(enqueue(debounced("dead", "k"))).isEqualTo(stored());
        settled(worker, takeDue(worker), dead("hopeless"));
        assertThat(enqueue(debounced("cancelled", "k"))).isEqualTo(stored());
        tasks().cancel(TaskId.of("cancelled"), "no", Duration.ofHours(1));
        assertThat(enqueue(debounced("deleted", "k"))).isEqualTo(stored());
        assertThat(tasks().delete(TaskId.of("deleted"))).isTrue();
        assertThat(enqueue(debounced("waits", "k"))).isEqualTo(stored());
        assertThat(deadLetters().redrive(TaskId.of("dead"))).isTrue();
        assertThat(info("dead").envelope().debounce()).isNull();
        assertThat(enqueue(debounced("later", "k"))).isEqualTo(replaced("waits"));
    }

    @Test
    void aBatchMayHaveSeveralOfOneKey() {
        List<Envelope> batch = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            batch.add(debounced("t" + i, "k" + i % 2));
        }
        List<Receipt> receipts = broker.enqueue(batch);
        for (int i = 0; i < 40; i++) {
            assertThat(receipts.get(i)).isEqualTo(i < 2 ? stored() : replaced("t" + i % 2));
        }
        assertThat(info("t0").envelope().payload()).isEqualTo(Sample.text("payload of t38"));
        assertThat(info("t1").envelope().payload()).isEqualTo(Sample.text("payload of t39"));
    }

    @Test
    void aBatchThatIsRepeatedChangesNothing() {
        List<Envelope> batch = List.of(debounced("a", "k"), debounced("b", "k"));
        List<Receipt> first = broker.enqueue(batch);
        Envelope later = debounced("c", "k");
        assertThat(enqueue(later)).isEqualTo(replaced("a"));
        TaskInfo before = info("a");
        assertThat(broker.enqueue(batch)).isEqualTo(first);
        assertThat(info("a")).as("the later one is not lost").isEqualTo(before);
        Intake worker = intake("w");
        Delivery running = takeDue(worker);
        assertThat(running.envelope().payload()).isEqualTo(later.payload());
        assertThat(broker.enqueue(batch)).isEqualTo(first);
        assertThat(enqueue(later)).isEqualTo(replaced("a"));
        settled(worker, running, done());
        assertNothingToTake(worker);
    }

    @Test
    void largePayloadsAreReplacedToo() {
        Envelope large = debounced(sample("a").withPayload(Sample.text("x".repeat(50_000))), "k");
        enqueue(large);
        enqueue(debounced("b", "k"));
        assertThat(info("a").envelope().payload()).isEqualTo(Sample.text("payload of b"));
        Envelope larger = debounced(sample("c").withPayload(Sample.text("y".repeat(60_000))), "k");
        enqueue(larger);
        Delivery taken = takeDue(intake("w"));
        assertThat(taken.envelope().payload()).isEqualTo(larger.payload());
    }

    @Test
    void ofManyAtOnceOneWaitsWithThePayloadOfOneOfThem() throws Exception {
        List<FutureTask<Receipt>> all = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Envelope task = debounced("t" + i, "k");
            all.add(beside(() -> enqueue(task)));
        }
        Set<Receipt> answers = new HashSet<>();
        for (FutureTask<Receipt> one : all) {
            answers.add(result(one));
        }
        List<TaskInfo> waiting =
                tasks().list(TaskFilter.ALL, Optional.empty(), 100).items();
        assertThat(waiting).hasSize(1);
        assertThat(answers)
                .containsExactlyInAnyOrder(
                        stored(), new Receipt.Replaced(waiting.getFirst().id()));
        assertThat(new String(waiting.getFirst().envelope().payload().bytes(), java.nio.charset.StandardCharsets.UTF_8))
                .startsWith("payload of t");
    }

    @Test
    @Needs({Capability.DEBOUNCE, Capability.SHARED})
    void connectionsReplaceEachOthersTasks() {
        enqueue(debounced("a", "k"));
        Broker other = stage.open(time);
        assertThat(other.enqueue(List.of(debounced("b", "k")))).containsExactly(replaced("a"));
        assertThat(info("a").envelope().payload()).isEqualTo(Sample.text("payload of b"));
    }

    @Test
    void aTakeThatRacesAReplaceNeverLosesTheLaterPayload() throws Exception {
        Intake worker = intake("w");
        int last = 300;
        FutureTask<Set<Receipt>> enqueuing = beside(() -> {
            Set<Receipt> answers = new HashSet<>();
            for (int i = 0; i <= last; i++) {
                Sample sample = sample("t" + i).withPayload(Sample.text(Integer.toString(i)));
                Envelope task = sample.withNotBefore(now())
                        .envelope()
                        .withDebounce(new Debounce("k", now().plus(1, ChronoUnit.HOURS)));
                answers.add(enqueue(task));
            }
            return answers;
        });
        int highest = -1;
        int runs = 0;
        while (highest < last) {
            for (Delivery taken : worker.take(ask(5, shortWait()))) {
                int value = Integer.parseInt(
                        new String(taken.envelope().payload().bytes(), java.nio.charset.StandardCharsets.UTF_8));
                assertThat(value)
                        .as("a run with an older payload after a newer one")
                        .isGreaterThan(highest);
                highest = value;
                runs++;
                settled(worker, taken, done());
            }
            if (enqueuing.isDone()) {
                result(enqueuing);
                upkeep(Upkeep.class).ifPresent(u -> u.promote(10));
                if (stats().depth(Sample.QUEUE) == 0 && highest < last) {
                    throw new AssertionError("the last payload is lost; the newest that ran is " + highest);
                }
            }
        }
        assertThat(runs).isLessThanOrEqualTo(last + 1);
        assertThat(tasks().list(TaskFilter.ALL, Optional.empty(), 10).items()).isEmpty();
    }
}
