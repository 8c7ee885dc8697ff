package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.broker.Capability;
import dev.errand.broker.Delivery;
import dev.errand.broker.Intake;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.TakeRequest.Demand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How tasks are handed out. */
abstract class TakeContract extends PortContract {
    @Test
    @Given(Facility.ORDER)
    void aQueueKeepsItsOrder() {
        store(samples(5));
        store(sample("later"), sample("last"));
        Intake worker = intake("w");
        assertThat(ids(take(worker, 3))).containsExactly("t0", "t1", "t2");
        assertThat(ids(take(worker, 4))).containsExactly("t3", "t4", "later", "last");
    }

    @Test
    @Given(Facility.ORDER)
    void tasksOfOneMillisecondKeepTheOrderOfTheirEnqueues() {
        for (int i = 0; i < 30; i++) {
            store(sample("z" + (99 - i)));
        }
        assertThat(ids(take(intake("w"), 30)))
                .containsExactlyElementsOf(
                        IntStream.range(0, 30).mapToObj(i -> "z" + (99 - i)).toList());
    }

    @Test
    @Needs(Capability.PRIORITY)
    void higherPrioritiesGoFirst() {
        store(
                sample("low").withPriority(-100),
                sample("normal-1"),
                sample("high").withPriority(100),
                sample("normal-2"),
                sample("higher-than-normal").withPriority(1));
        assertThat(ids(take(intake("w"), 5)))
                .containsExactly("high", "higher-than-normal", "normal-1", "normal-2", "low");
    }

    @Test
    void noMoreThanAskedForAreTaken() {
        store(samples(20));
        Intake worker = intake("w");
        assertThat(take(worker, 1)).hasSize(1);
        List<Delivery> some = worker.take(ask(7, Duration.ofSeconds(1)));
        assertThat(some).hasSizeBetween(1, 7);
        assertThat(take(worker, 19 - some.size())).hasSize(19 - some.size());
    }

    @Test
    void eachDemandHasALimitOfItsOwn() {
        for (int i = 0; i < 10; i++) {
            store(sample("a" + i).withQueue("a"), sample("b" + i).withQueue("b"));
        }
        Intake worker = intake("w", "a", "b");
        List<Delivery> taken = worker.take(
                new TakeRequest(List.of(new Demand("a", 2), new Demand("b", 5)), 100, Map.of(), Duration.ofSeconds(1)));
        assertThat(taken.stream().filter(d -> d.lease().queue().equals("a"))).hasSizeLessThanOrEqualTo(2);
        assertThat(taken.stream().filter(d -> d.lease().queue().equals("b"))).hasSizeLessThanOrEqualTo(5);
        assertThat(taken).isNotEmpty();
    }

    @Test
    @Needs(Capability.FIND)
    void demandsAreServedInTheirOrderUpToTheWholeLimit() {
        for (int i = 0; i < 10; i++) {
            store(sample("a" + i).withQueue("a"), sample("b" + i).withQueue("b"));
        }
        Intake worker = intake("w", "a", "b");
        List<Delivery> taken = worker.take(
                new TakeRequest(List.of(new Demand("b", 3), new Demand("a", 10)), 5, Map.of(), Duration.ZERO));
        assertThat(ids(taken)).containsExactly("b0", "b1", "b2", "a0", "a1");
    }

    @Test
    void aQueueThatNobodyHasEverUsedIsEmpty() {
        assertNothingToTake(intake("w", "never-seen"), "never-seen");
    }

    @Test
    void aTaskThatIsHeldIsNotHandedOutAgain() {
        store(samples(4));
        Intake one = intake("one");
        Intake two = intake("two");
        List<Delivery> first = take(one, 4);
        assertNothingToTake(one);
        assertNothingToTake(two);
        first.forEach(d -> settled(one, d, done()));
        assertNothingToTake(two);
    }

    @Test
    void twoWorkersShareAQueueWithoutATaskTwice() throws Exception {
        store(samples(500));
        List<FutureTask<List<Delivery>>> workers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Intake worker = intake("w" + i);
            workers.add(beside(() -> {
                List<Delivery> mine = new ArrayList<>();
                List<Delivery> some;
                do {
                    some = takeAll(worker, 7);
                    some.forEach(d -> settled(worker, d, done()));
                    mine.addAll(some);
                } while (!some.isEmpty());
                return mine;
            }));
        }
        List<String> all = new ArrayList<>();
        for (FutureTask<List<Delivery>> worker : workers) {
            all.addAll(ids(result(worker)));
        }
        assertThat(all).doesNotHaveDuplicates();
        all.addAll(ids(takeAll(intake("rest"), 500)));
        assertThat(new HashSet<>(all)).hasSize(500);
    }

    @Test
    void theTokenGrowsWithEveryTakeAndItsNonceChanges() {
        store(sample("a"));
        Intake worker = intake("w");
        Delivery first = takeOne(worker);
        settled(worker, first, retry(Duration.ZERO));
        Delivery second = takeOne(worker);
        settled(worker, second, release(Duration.ZERO));
        Delivery third = takeOne(worker);
        assertThat(List.of(first, second, third))
                .extracting(d -> d.lease().token().number())
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(List.of(first, second, third))
                .extracting(d -> d.lease().token().nonce())
                .doesNotHaveDuplicates();
    }

    @Test
    @Given(Facility.TYPE_ROOM)
    void tasksOfATypeWithoutRoomArePassedOver() {
        for (int i = 0; i < 300; i++) {
            store(sample("full" + i).withType("full"));
        }
        for (int i = 0; i < 5; i++) {
            store(sample("some" + i).withType("some"));
        }
        store(sample("free"));
        Intake worker = intake("w");
        List<Delivery> taken = worker.take(new TakeRequest(
                List.of(new Demand(Sample.QUEUE, 100)), 100, Map.of("full", 0, "some", 2), Duration.ofSeconds(5)));
        assertThat(ids(taken)).containsExactlyInAnyOrder("some0", "some1", "free");
        assertThat(ids(takeAll(worker, 400))).contains("full0", "full299", "some4");
    }

    @Test
    @Given(Facility.TYPE_ROOM)
    void aTakeBlocksWhileOnlyTypesWithoutRoomAreReady() throws Exception {
        store(sample("full").withType("full"));
        Intake worker = intake("w");
        TakeRequest request =
                new TakeRequest(List.of(new Demand(Sample.QUEUE, 10)), 10, Map.of("full", 0), Duration.ofSeconds(60));
        FutureTask<List<Delivery>> blocked = beside(() -> worker.take(request));
        assertThat(Await.within(Duration.ofMillis(100), blocked::isDone)).isFalse();
        store(sample("free"));
        assertThat(ids(result(blocked))).containsExactly("free");
    }

    @Test
    void anEmptyTakeReturnsWhenItsWaitIsOver() throws Exception {
        Intake worker = intake("w");
        FutureTask<List<Delivery>> blocked = beside(() -> worker.take(ask(5, Duration.ofMillis(300))));
        assertThat(passUntilDone(blocked, Duration.ofMillis(50))).isEmpty();
    }

    @Test
    void aNudgeEndsABlockedTake() throws Exception {
        Intake worker = intake("w");
        FutureTask<List<Delivery>> blocked = beside(() -> worker.take(ask(5, Duration.ofSeconds(60))));
        assertThat(Await.within(Duration.ofMillis(100), blocked::isDone)).isFalse();
        worker.nudge();
        assertThat(result(blocked)).isEmpty();
    }

    @Test
    void aNudgeBeforehandKeepsTheNextTakeFromBlocking() throws Exception {
        Intake worker = intake("w");
        worker.nudge();
        worker.nudge();
        FutureTask<List<Delivery>> first = beside(() -> worker.take(ask(5, Duration.ofSeconds(60))));
        assertThat(result(first)).isEmpty();
        FutureTask<List<Delivery>> second = beside(() -> worker.take(ask(5, Duration.ofSeconds(60))));
        assertThat(Await.within(Duration.ofMillis(200), second::isDone))
                .as("only one take was kept from blocking")
                .isFalse();
        worker.nudge();
        result(second);
    }

    @Test
    void anInterruptCutsNoTakeShortAndIsKept() throws Exception {
        Intake worker = intake("w");
        FutureTask<String> blocked = beside(() -> {
            Thread.currentThread().interrupt();
            List<Delivery> taken = worker.take(ask(5, Duration.ofSeconds(60)));
            return ids(taken) + " " + Thread.interrupted();
        });
        assertThat(Await.within(Duration.ofMillis(200), blocked::isDone)).isFalse();
        store(sample("a"));
        assertThat(result(blocked)).isEqualTo("[a] true");
    }

    @Test
    void stopTakingEndsABlockedTakeAndEveryLaterOne() throws Exception {
        Intake worker = intake("w");
        FutureTask<List<Delivery>> blocked = beside(() -> worker.take(ask(5, Duration.ofSeconds(60))));
        assertThat(Await.within(Duration.ofMillis(100), blocked::isDone)).isFalse();
        worker.stopTaking();
        worker.stopTaking();
        assertThat(result(blocked)).isEmpty();
        store(sample("a"));
        FutureTask<List<Delivery>> later = beside(() -> worker.take(ask(5, Duration.ofSeconds(60))));
        assertThat(result(later)).isEmpty();
        assertThat(ids(take(intake("other"), 1))).containsExactly("a");
    }

    @Test
    void whatIsHeldCanBeSettledAndRenewedAfterStopTaking() {
        store(samples(2));
        Intake worker = intake("w");
        List<Delivery> taken = take(worker, 2);
        worker.stopTaking();
        assertThat(worker.renew(taken.stream().map(Delivery::lease).toList())).hasSize(2);
        taken.forEach(d -> settled(worker, d, done()));
        assertNothingToTake(intake("other"));
    }

    @Test
    void outcomesAreSettledWhileATakeBlocks() throws Exception {
        store(sample("a"));
        Intake worker = intake("w");
        Delivery taken = takeOne(worker);
        FutureTask<List<Delivery>> blocked = beside(() -> worker.take(ask(5, Duration.ofSeconds(60))));
        assertThat(Await.within(Duration.ofMillis(50), blocked::isDone)).isFalse();
        settled(worker, taken, retry(Duration.ZERO));
        assertThat(ids(result(blocked)))
                .as("a retry without a delay wakes the take")
                .containsExactly("a");
    }
}
