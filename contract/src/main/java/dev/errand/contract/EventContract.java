package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.errand.CapabilityException;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.EventPattern;
import dev.errand.broker.History;
import dev.errand.broker.Intake;
import dev.errand.broker.Outcome;
import dev.errand.broker.QueueControl;
import dev.errand.broker.Receipt;
import dev.errand.broker.Subscription;
import dev.errand.broker.Subscriptions;
import dev.errand.broker.Subscriptions.Start;
import dev.errand.broker.TaskFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An event is published once, and every subscription that it matches gets it as a task of its own. */
abstract class EventContract extends PortContract {
    private static final String PLACED = "order.placed";

    private Subscriptions events() {
        return part(Subscriptions.class);
    }

    private static Set<EventPattern> patterns(String... texts) {
        return Arrays.stream(texts).map(EventPattern::of).collect(Collectors.toSet());
    }

    private void subscribe(String name, String... patterns) {
        events().subscribe(name, patterns(patterns), Start.NOW);
    }

    private Envelope event(String id, String name) {
        return sample(id).withType(name).withQueue(Subscription.QUEUE_PREFIX).envelope();
    }

    private void publish(Envelope... all) {
        assertThat(events().publish(List.of(all)))
                .hasSize(all.length)
                .allMatch(receipt -> receipt instanceof Receipt.Stored);
    }

    private static String queue(String subscription) {
        return Subscription.queueOf(subscription);
    }

    private Intake serving(String subscription) {
        return intake("worker-of-" + subscription, queue(subscription));
    }

    private List<Delivery> takeFrom(Intake worker, String subscription, int count) {
        return take(worker, count, queue(subscription));
    }

    private Subscription subscription(String name) {
        return events().list().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no subscription " + name));
    }

    // ---- publishing

    @Test
    void everySubscriptionGetsATaskOfItsOwn() {
        subscribe("stock", PLACED);
        subscribe("mail", PLACED);
        subscribe("other", "order.cancelled");
        Envelope sent = event("e", PLACED).withHeaders(Map.of("k", "v"));
        publish(sent);
        for (String name : List.of("stock", "mail")) {
            Envelope got = takeFrom(serving(name), name, 1).getFirst().envelope();
            assertThat(got).isEqualTo(Subscription.copy(sent, name));
            assertThat(got.id()).isEqualTo(TaskId.of("e@" + name));
            assertThat(got.queue()).isEqualTo("sub:" + name);
            assertThat(got.headers()).containsEntry("k", "v").containsEntry(Subscription.EVENT_HEADER, "e");
        }
        assertNothingToTake(serving("other"), queue("other"));
    }

    @Test
    void publishingToNobodyIsFine() {
        publish(event("e", PLACED));
        subscribe("stock", "order.cancelled");
        publish(event("f", PLACED));
        assertNothingToTake(serving("stock"), queue("stock"));
    }

    @Test
    void nothingPublishedHasNoAnswers() {
        subscribe("stock", PLACED);
        assertThat(events().publish(List.of())).isEmpty();
    }

    @Test
    void manyEventsInOneCallReachEverySubscriptionOnce() {
        List<String> names = List.of("a", "b", "c");
        names.forEach(name -> subscribe(name, "order.*"));
        publish(IntStream.range(0, 500)
                .mapToObj(i -> event("e" + i, i % 2 == 0 ? PLACED : "order.cancelled"))
                .toArray(Envelope[]::new));
        for (String name : names) {
            List<String> expected =
                    IntStream.range(0, 500).mapToObj(i -> "e" + i + "@" + name).toList();
            List<String> got = ids(takeFrom(serving(name), name, 500));
            if (stage.has(Facility.ORDER)) {
                assertThat(got).isEqualTo(expected);
            } else {
                assertThat(got).containsExactlyInAnyOrderElementsOf(expected);
            }
        }
    }

    @Test
    @Needs(Capability.FIND)
    void aRepeatedPublishStoresNothingTwice() {
        subscribe("stock", PLACED);
        subscribe("mail", PLACED);
        Envelope[] sent = {event("e", PLACED), event("f", PLACED)};
        publish(sent);
        publish(sent);
        Intake stock = serving("stock");
        assertThat(ids(takeFrom(stock, "stock", 2))).containsExactlyInAnyOrder("e@stock", "f@stock");
        publish(sent);
        assertNothingToTake(stock, queue("stock"));
        assertThat(stats().depth(queue("mail"))).isEqualTo(2);
    }

    @Test
    void aPublishWakesABlockedTake() throws Exception {
        subscribe("stock", PLACED);
        Intake worker = serving("stock");
        FutureTask<List<Delivery>> blocked = beside(() -> worker.take(ask(5, Duration.ofSeconds(60), queue("stock"))));
        assertThat(Await.within(Duration.ofMillis(100), blocked::isDone)).isFalse();
        publish(event("e", PLACED));
        assertThat(ids(result(blocked))).containsExactly("e@stock");
    }

    @ParameterizedTest
    @CsvSource({
        "order.placed, order.placed, true",
        "order.placed, order.placed.late, false",
        "order.placed, order.Placed, false",
        "order.*, order.placed, true",
        "order.*, order, false",
        "order.*, order.placed.late, false",
        "*.placed, order.placed, true",
        "*, order.placed, false",
        "*.*, order.placed, true",
        "order.**, order.placed, true",
        "order.**, order.placed.late, true",
        "order.**, order, false",
        "order.**, orders.placed, false",
        "**, order, true",
        "**, order.placed.late, true",
        "order-1.x_y, order-1.x_y, true",
    })
    void aPatternSaysWhichEventsAreMeant(String pattern, String event, boolean meant) {
        subscribe("all", "**");
        subscribe("some", pattern);
        publish(event("e", event));
        assertThat(ids(takeFrom(serving("all"), "all", 1))).containsExactly("e@all");
        Intake worker = serving("some");
        if (meant) {
            assertThat(ids(takeFrom(worker, "some", 1))).containsExactly("e@some");
        }
        assertNothingToTake(worker, queue("some"));
    }

    @Test
    void anEventThatSeveralPatternsMatchComesOnce() {
        subscribe("stock", PLACED, "order.*", "**");
        publish(event("e", PLACED), event("f", "order.cancelled"), event("g", "x"));
        Intake worker = serving("stock");
        assertThat(ids(takeFrom(worker, "stock", 3))).containsExactlyInAnyOrder("e@stock", "f@stock", "g@stock");
        assertNothingToTake(worker, queue("stock"));
    }

    // ---- subscribing

    @Test
    void aNewSubscriptionBeginsNow() {
        subscribe("early", PLACED);
        publish(event("before", PLACED));
        subscribe("late", PLACED);
        publish(event("after", PLACED));
        assertThat(ids(takeFrom(serving("late"), "late", 1))).containsExactly("after@late");
        assertThat(ids(takeFrom(serving("early"), "early", 2)))
                .containsExactlyInAnyOrder("before@early", "after@early");
    }

    @Test
    void itIsListedAndItsQueueExistsAtOnce() {
        Instant before = now();
        subscribe("stock", PLACED, "order.*");
        subscribe("mail", PLACED);
        assertThat(events().list()).extracting(Subscription::name).containsExactly("mail", "stock");
        Subscription stock = subscription("stock");
        assertThat(stock.patterns()).isEqualTo(patterns(PLACED, "order.*"));
        for (Instant time : Arrays.asList(stock.created(), stock.seen())) {
            if (time != null) {
                assertThat(time).isBetween(before.minusMillis(1), now());
            }
        }
        assertThat(stats().queues()).contains("sub:stock", "sub:mail");
        assertThat(stats().depth("sub:stock")).isZero();
    }

    @Test
    void subscribingAgainAddsWhatIsNewAndLeavesTheRest() {
        subscribe("stock", PLACED);
        Subscription first = subscription("stock");
        publish(event("e", PLACED));
        pass(Duration.ofMillis(20));
        subscribe("stock", "order.cancelled");
        subscribe("stock", PLACED);
        Subscription second = subscription("stock");
        assertThat(second.patterns()).isEqualTo(patterns(PLACED, "order.cancelled"));
        assertThat(second.created()).isEqualTo(first.created());
        if (first.seen() != null) {
            assertThat(second.seen()).isAfter(first.seen());
        }
        publish(event("f", "order.cancelled"));
        Intake worker = serving("stock");
        assertThat(ids(takeFrom(worker, "stock", 2))).containsExactlyInAnyOrder("e@stock", "f@stock");
        assertNothingToTake(worker, queue("stock"));
    }

    @Test
    void everythingThatIsPublishedAfterItWasMadeIsInIt() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger last = new AtomicInteger(Integer.MAX_VALUE);
        FutureTask<Integer> publishing = beside(() -> {
            while (begun.get() < last.get()) {
                publish(event("e" + begun.getAndIncrement(), PLACED));
            }
            return begun.get();
        });
        Await.until("something is published", () -> begun.get() > 5);
        subscribe("stock", PLACED);
        int from = begun.get();
        last.set(from + 50);
        int to = result(publishing);
        Set<String> expected =
                IntStream.range(from, to).mapToObj(i -> "e" + i + "@stock").collect(Collectors.toSet());
        Set<String> got = new HashSet<>();
        Intake worker = serving("stock");
        Await.until(() -> expected + "; there came " + got, Await.PATIENCE, () -> {
            got.addAll(ids(worker.take(ask(1_000, shortWait(), queue("stock")))));
            return got.containsAll(expected);
        });
        assertNothingToTake(worker, queue("stock"));
    }

    @Test
    @Needs(Capability.EVENT_HISTORY)
    void aNewSubscriptionMayBeginWithTheOldestEvent() {
        publish(event("e", PLACED), event("f", "order.cancelled"), event("g", PLACED));
        events().subscribe("all", patterns(PLACED), Start.BEGINNING);
        publish(event("h", PLACED));
        Intake worker = serving("all");
        assertThat(ids(takeFrom(worker, "all", 3))).containsExactlyInAnyOrder("e@all", "g@all", "h@all");
        events().subscribe("all", patterns(PLACED), Start.BEGINNING);
        assertNothingToTake(worker, queue("all"));
    }

    @Test
    void withoutAHistoryTheBeginningIsRefused() {
        assumeFalse(can(Capability.EVENT_HISTORY), "the broker keeps events");
        assertThatThrownBy(() -> events().subscribe("all", patterns(PLACED), Start.BEGINNING))
                .isInstanceOf(CapabilityException.class)
                .hasMessageContaining("all");
        assertThat(events().list()).isEmpty();
    }

    // ---- as tasks

    @Test
    void eachHasRetriesAndDeadLettersOfItsOwn() {
        subscribe("stock", PLACED);
        subscribe("mail", PLACED);
        publish(event("e", PLACED));
        Intake stock = serving("stock");
        Intake mail = serving("mail");
        settled(mail, takeFrom(mail, "mail", 1).getFirst(), done());
        Delivery first = takeFrom(stock, "stock", 1).getFirst();
        History failed = first.envelope().history().failed(failure("no", 1));
        assertThat(settle(
                        stock, new Outcome(first.lease(), first.envelope().withHistory(failed), retry(Duration.ZERO))))
                .isInstanceOf(dev.errand.broker.Settled.Done.class);
        Delivery again = takeFrom(stock, "stock", 1).getFirst();
        assertThat(again.envelope().id()).isEqualTo(TaskId.of("e@stock"));
        assertThat(again.envelope().type()).isEqualTo(PLACED);
        assertThat(again.envelope().headers()).containsEntry(Subscription.EVENT_HEADER, "e");
        assertThat(again.envelope().history().attempts()).isEqualTo(1);
        settled(stock, again, dead("never"));
        List<TaskInfo> letters =
                deadLetters().list(TaskFilter.ALL, Optional.empty(), 100).items();
        assertThat(idsOf(letters)).containsExactly("e@stock");
        assertThat(letters.getFirst().queue()).isEqualTo("sub:stock");
        assertNothingToTake(mail, queue("mail"));
        assertThat(deadLetters().redriveAll(TaskFilter.ALL, 100)).isEqualTo(1);
        assertThat(ids(takeFrom(stock, "stock", 1))).containsExactly("e@stock");
        assertNothingToTake(mail, queue("mail"));
    }

    @Test
    void itCollectsWhileNobodyServesIt() {
        subscribe("stock", PLACED);
        publish(event("e", PLACED));
        Intake first = serving("stock");
        settled(first, takeFrom(first, "stock", 1).getFirst(), done());
        first.close();
        publish(event("f", PLACED), event("g", PLACED));
        Await.until("both are counted", () -> stats().depth(queue("stock")) == 2);
        Intake second = intake("another", queue("stock"));
        assertThat(ids(takeFrom(second, "stock", 2))).containsExactlyInAnyOrder("f@stock", "g@stock");
    }

    @Test
    @Needs(Capability.PAUSE)
    void oneMayBePausedAndTheOthersGoOn() {
        subscribe("stock", PLACED);
        subscribe("mail", PLACED);
        part(QueueControl.class).pause(queue("stock"));
        publish(event("e", PLACED));
        Intake stock = serving("stock");
        assertThat(ids(takeFrom(serving("mail"), "mail", 1))).containsExactly("e@mail");
        assertNothingToTake(stock, queue("stock"));
        part(QueueControl.class).resume(queue("stock"));
        assertThat(ids(takeFrom(stock, "stock", 1))).containsExactly("e@stock");
    }

    @Test
    @Needs(Capability.FIND)
    void aCopyIsFoundByItsId() {
        subscribe("stock", PLACED);
        publish(event("e", PLACED));
        assertThat(info("e@stock").queue()).isEqualTo("sub:stock");
        assertThat(find("e")).as("the event itself is no task").isEmpty();
    }

    // ---- removing

    @Test
    void removingOneTakesItsTasksAndDeadLettersWithItAndNoOthers() {
        subscribe("stock", PLACED);
        subscribe("mail", PLACED);
        Intake stock = serving("stock");
        Intake mail = serving("mail");
        publish(event("dead", PLACED));
        settled(stock, takeFrom(stock, "stock", 1).getFirst(), dead("never"));
        settled(mail, takeFrom(mail, "mail", 1).getFirst(), dead("never"));
        stock.close();
        publish(event("e", PLACED));
        assertThat(events().remove("stock")).isTrue();
        publish(event("f", PLACED));
        assertThat(events().list()).extracting(Subscription::name).containsExactly("mail");
        assertThat(ids(takeFrom(mail, "mail", 2))).containsExactlyInAnyOrder("e@mail", "f@mail");
        assertThat(idsOf(deadLetters()
                        .list(TaskFilter.ALL, Optional.empty(), 100)
                        .items()))
                .containsExactly("dead@mail");
        assertThat(stats().depth(queue("stock"))).isZero();
        assertThat(stats().queues()).contains(queue("mail")).doesNotContain(queue("stock"));
        assertThat(events().remove("stock")).isFalse();
        assertThat(events().remove("never.there")).isFalse();
    }

    @Test
    void madeAnewItBeginsEmptyAndItsOldWorkerServesIt() {
        subscribe("stock", PLACED);
        Intake worker = serving("stock");
        publish(event("old", PLACED));
        assertThat(events().remove("stock")).isTrue();
        assertNothingToTake(worker, queue("stock"));
        subscribe("stock", "order.cancelled");
        assertThat(subscription("stock").patterns()).isEqualTo(patterns("order.cancelled"));
        publish(event("e", PLACED), event("f", "order.cancelled"));
        assertThat(ids(takeFrom(worker, "stock", 1))).containsExactly("f@stock");
        assertNothingToTake(worker, queue("stock"));
    }

    @Test
    void whatRunsWhenItIsRemovedIsStillSettled() {
        subscribe("stock", PLACED);
        Intake worker = serving("stock");
        publish(event("runs", PLACED), event("waits", PLACED));
        Delivery runs = takeFrom(worker, "stock", 1).getFirst();
        events().remove("stock");
        worker.settle(List.of(outcome(runs, done())));
        assertNothingToTake(worker, queue("stock"));
        assertThat(stats().depth(queue("stock"))).isZero();
    }

    @Test
    void onePatternMayBeTakenAway() {
        subscribe("stock", PLACED, "order.cancelled");
        publish(event("e", PLACED));
        assertThat(events().remove("stock", EventPattern.of(PLACED))).isTrue();
        publish(event("f", PLACED), event("g", "order.cancelled"));
        assertThat(subscription("stock").patterns()).isEqualTo(patterns("order.cancelled"));
        Intake worker = serving("stock");
        assertThat(ids(takeFrom(worker, "stock", 2))).containsExactlyInAnyOrder("e@stock", "g@stock");
        assertThat(events().remove("stock", EventPattern.of(PLACED))).isFalse();
        assertThat(events().remove("unknown", EventPattern.of(PLACED))).isFalse();
        assertThat(events().remove("stock", EventPattern.of("order.cancelled"))).isTrue();
        publish(event("h", "order.cancelled"));
        assertThat(subscription("stock").patterns()).as("it is still there").isEmpty();
        assertNothingToTake(worker, queue("stock"));
    }

    // ---- elsewhere

    @Test
    @Needs(Capability.SHARED)
    void whatAnotherConnectionPublishesComesHereAndWakesABlockedTake() throws Exception {
        subscribe("stock", PLACED);
        Intake worker = serving("stock");
        FutureTask<List<Delivery>> blocked = beside(() -> worker.take(ask(5, Duration.ofSeconds(60), queue("stock"))));
        assertThat(Await.within(Duration.ofMillis(100), blocked::isDone)).isFalse();
        Broker other = stage.open(time);
        other.extension(Subscriptions.class).orElseThrow().publish(List.of(event("e", PLACED)));
        assertThat(ids(result(blocked))).containsExactly("e@stock");
    }

    @Test
    @Needs(Capability.SHARED)
    void anotherConnectionsSubscriptionGetsWhatIsPublishedHere() {
        publish(event("before", PLACED));
        Broker other = stage.open(time);
        Subscriptions elsewhere = other.extension(Subscriptions.class).orElseThrow();
        elsewhere.subscribe("stock", patterns("order.*"), Start.NOW);
        publish(event("e", PLACED));
        assertThat(subscription("stock").patterns()).isEqualTo(patterns("order.*"));
        elsewhere.subscribe("stock", patterns("stock.*"), Start.NOW);
        publish(event("f", "stock.low"));
        assertThat(ids(takeFrom(serving("stock"), "stock", 2))).containsExactlyInAnyOrder("e@stock", "f@stock");
        assertThat(elsewhere.remove("stock")).isTrue();
        publish(event("g", PLACED));
        assertThat(events().list()).isEmpty();
        assertThat(stats().depth(queue("stock"))).isZero();
    }

    @Test
    @Needs(Capability.SHARED)
    void itOutlivesTheConnectionThatMadeIt() {
        Broker first = stage.open(time);
        first.extension(Subscriptions.class).orElseThrow().subscribe("stock", patterns(PLACED), Start.NOW);
        first.close();
        publish(event("e", PLACED));
        broker.close();
        broker = stage.open(time);
        assertThat(subscription("stock").patterns()).isEqualTo(patterns(PLACED));
        publish(event("f", PLACED));
        assertThat(ids(takeFrom(serving("stock"), "stock", 2))).containsExactlyInAnyOrder("e@stock", "f@stock");
    }
}
