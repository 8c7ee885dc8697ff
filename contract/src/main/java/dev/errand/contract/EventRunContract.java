package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.errand.CapabilityException;
import dev.errand.ConfigurationException;
import dev.errand.EventType;
import dev.errand.InvalidTaskException;
import dev.errand.Published;
import dev.errand.Retry;
import dev.errand.SubscriptionInfo;
import dev.errand.TaskContext;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.WorkerBuilder;
import dev.errand.broker.Capability;
import dev.errand.broker.EventPattern;
import dev.errand.broker.Subscription;
import dev.errand.broker.TaskFilter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Events as users see them: published by a client, run by the workers that subscribe. */
abstract class EventRunContract extends EngineContract {
    private static final EventType<String> PLACED = EventType.of("order.placed", String.class)
            .retry(Retry.fixed(Duration.ofMillis(20)).jitter(0));
    private static final EventType<String> CANCELLED = EventType.of("order.cancelled", String.class);

    private static void awaitAll(Queue<String> got, String... expected) {
        Await.until(
                () -> List.of(expected) + "; there came " + got, Await.PATIENCE, () -> got.size() >= expected.length);
        assertThat(got).containsExactlyInAnyOrder(expected);
    }

    @Test
    void twoServicesEachDoTheirPartOfOneEvent() {
        Queue<String> stock = new ConcurrentLinkedQueue<>();
        Queue<String> mail = new ConcurrentLinkedQueue<>();
        start(worker().subscribe(PLACED, "stock", (order, task) -> stock.add(order)));
        start(worker().subscribe(PLACED, "mail", (order, task) -> mail.add(order)));
        start(worker().subscribe(PLACED, "mail", (order, task) -> mail.add(order)));
        for (String order : List.of("a", "b", "c")) {
            errand.publish(PLACED, order);
        }
        awaitAll(stock, "a", "b", "c");
        awaitAll(mail, "a", "b", "c");
    }

    @Test
    void aHandlerKnowsTheEvent() {
        AtomicReference<TaskContext> seen = new AtomicReference<>();
        start(worker().subscribe(PLACED, "stock", (order, task) -> seen.set(task)));
        Published published = errand.publish(PLACED, "x", o -> o.header("k", "v"));
        Await.until("it has run", () -> seen.get() != null);
        TaskContext task = seen.get();
        assertThat(task.type()).isEqualTo("order.placed");
        assertThat(task.queue()).isEqualTo("sub:stock");
        assertThat(task.id()).isEqualTo(Subscription.copyId(published.id(), "stock"));
        assertThat(task.headers())
                .containsEntry("k", "v")
                .containsEntry(Subscription.EVENT_HEADER, published.id().value());
        assertThat(task.attempt()).isEqualTo(1);
    }

    @Test
    void oneSubscriptionsFailuresAreItsOwn() {
        AtomicInteger stockRuns = new AtomicInteger();
        AtomicInteger mailRuns = new AtomicInteger();
        Retry twice = Retry.fixed(Duration.ofMillis(20)).jitter(0).maxAttempts(2);
        start(worker().subscribe(PLACED.retry(twice), "stock", (order, task) -> {
            stockRuns.incrementAndGet();
            throw new IOException("the stock is away");
        }));
        start(worker().subscribe(PLACED, "mail", (order, task) -> mailRuns.incrementAndGet()));
        errand.publish(PLACED, "x", o -> o.id(TaskId.of("order-1")));
        Await.until(
                "it is a dead letter",
                () -> !errand.deadLetters()
                        .list(TaskFilter.ALL, Optional.empty(), 10)
                        .items()
                        .isEmpty());
        TaskInfo letter = errand.deadLetters()
                .list(TaskFilter.ALL, Optional.empty(), 10)
                .items()
                .getFirst();
        assertThat(letter.id()).isEqualTo(TaskId.of("order-1@stock"));
        assertThat(letter.lastError().orElseThrow().message()).isEqualTo("the stock is away");
        assertThat(stockRuns).as("the policy is that of its own type").hasValue(2);
        Await.until("mail has run", () -> mailRuns.get() == 1);
    }

    @Test
    void theEventsOwnHandlerComesBeforeThoseOfPatterns() {
        Queue<String> got = new ConcurrentLinkedQueue<>();
        start(worker().subscribe(
                        EventType.pattern("order.*", String.class),
                        "audit",
                        (order, task) -> got.add("any " + task.type()))
                .subscribe(
                        EventType.pattern("**", String.class), "audit", (order, task) -> got.add("rest " + task.type()))
                .subscribe(PLACED, "audit", (order, task) -> got.add("placed " + order)));
        errand.publish(PLACED, "x");
        errand.publish(CANCELLED, "x");
        errand.publish(EventType.of("stock.low", String.class), "x");
        awaitAll(got, "placed x", "any order.cancelled", "rest stock.low");
    }

    @Test
    void tasksAndSubscriptionsOfTheSameNameAreApart() {
        TaskType<String> task = type("order.placed").queue("work");
        Queue<String> got = new ConcurrentLinkedQueue<>();
        start(worker().handle(task, (payload, t) -> got.add("task " + payload))
                .subscribe(PLACED, "stock", (order, t) -> got.add("stock " + order))
                .subscribe(PLACED, "mail", (order, t) -> got.add("mail " + order)));
        errand.enqueue(task, "a");
        errand.publish(PLACED, "b");
        awaitAll(got, "task a", "stock b", "mail b");
    }

    @Test
    void whatHasNoHandlerInOneSubscriptionDoesNotHoldUpAnother() {
        Queue<String> got = new ConcurrentLinkedQueue<>();
        errand.events().subscribe("stock", Set.of(EventPattern.of("order.*")));
        errand.publish(CANCELLED, "unknown to stock");
        start(worker().subscribe(PLACED, "stock", (order, t) -> got.add("stock " + order))
                .subscribe(CANCELLED, "mail", (order, t) -> got.add("mail " + order)));
        errand.publish(PLACED, "a");
        errand.publish(CANCELLED, "b");
        awaitAll(got, "stock a", "mail b");
        errand.publish(CANCELLED, "c");
        awaitAll(got, "stock a", "mail b", "mail c");
    }

    @Test
    void itCollectsWhileItsWorkerIsAway() {
        Queue<String> got = new ConcurrentLinkedQueue<>();
        errand.publish(PLACED, "before it was there");
        Worker first = start(worker().subscribe(PLACED, "stock", (order, task) -> got.add(order)));
        errand.publish(PLACED, "a");
        awaitAll(got, "a");
        first.close();
        errand.publish(PLACED, "b");
        errand.publishAll(PLACED, List.of("c", "d"));
        SubscriptionInfo info = errand.events().find("stock").orElseThrow();
        assertThat(info.patterns()).containsExactly("order.placed");
        Await.until(
                "three are counted",
                () -> errand.events().find("stock").orElseThrow().depth() == 3);
        assertThat(got).containsExactly("a");
        start(worker().subscribe(PLACED, "stock", (order, task) -> got.add(order)));
        awaitAll(got, "a", "b", "c", "d");
    }

    @Test
    void manyPublishersAtOnceLoseNothing() {
        Set<String> got = java.util.concurrent.ConcurrentHashMap.newKeySet();
        start(worker().subscribe(PLACED, "stock", (order, task) -> got.add(order)));
        start(worker().subscribe(PLACED, "mail", (order, task) -> got.add("mail " + order)));
        List<Thread> publishers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int from = i * 25;
            publishers.add(Thread.ofVirtual().start(() -> {
                for (int n = from; n < from + 25; n++) {
                    errand.publish(PLACED, "order " + n);
                }
            }));
        }
        for (Thread publisher : publishers) {
            Await.until("a publisher is done", () -> !publisher.isAlive());
        }
        Await.until(() -> "400 runs; there were " + got.size(), Await.PATIENCE, () -> got.size() == 400);
    }

    @Test
    void itsLimitHoldsWithinAWorker() throws InterruptedException {
        CountDownLatch gate = new CountDownLatch(1);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger other = new AtomicInteger();
        start(worker().concurrency(10)
                .subscribe(
                        PLACED,
                        "slow",
                        (order, task) -> {
                            running.incrementAndGet();
                            hold(gate);
                        },
                        s -> s.max(2).weight(5))
                .subscribe(PLACED, "fast", (order, task) -> other.incrementAndGet()));
        errand.publishAll(PLACED, List.of("1", "2", "3", "4", "5"));
        Await.until("the fast one is done", () -> other.get() == 5);
        Await.until("two run", () -> running.get() == 2);
        assertThat(Await.within(Duration.ofMillis(200), () -> running.get() > 2))
                .isFalse();
        gate.countDown();
        Await.until("all have run", () -> running.get() == 5);
    }

    @Test
    @Needs(Capability.FIND)
    void anEventOfTheSameIdComesOnce() {
        errand.events().subscribe("stock", Set.of(EventPattern.of("order.placed")));
        errand.publish(PLACED, "a", o -> o.id(TaskId.of("1")));
        errand.publish(PLACED, "a", o -> o.id(TaskId.of("1")));
        assertThat(errand.events().find("stock").orElseThrow().depth()).isEqualTo(1);
    }

    @Test
    void removedItIsGoneAndStartedAgainItIsNew() {
        Queue<String> got = new ConcurrentLinkedQueue<>();
        WorkerBuilder builder = worker().subscribe(PLACED, "stock", (order, task) -> got.add(order));
        errand.events().subscribe("stock", Set.of(EventPattern.of("order.placed")));
        errand.publish(PLACED, "lost with it");
        assertThat(errand.events().remove("stock")).isTrue();
        errand.publish(PLACED, "to nobody");
        assertThat(errand.events().subscriptions()).isEmpty();
        start(builder);
        errand.publish(PLACED, "a");
        awaitAll(got, "a");
    }

    @Test
    void receiversAreThoseThatMatch() {
        errand.events().subscribe("stock", Set.of(EventPattern.of("order.*")));
        errand.events().subscribe("mail", Set.of(EventPattern.of("order.placed")));
        assertThat(errand.events().receivers("order.placed"))
                .extracting(SubscriptionInfo::name)
                .containsExactly("mail", "stock");
        assertThat(errand.events().receivers("order.cancelled"))
                .extracting(SubscriptionInfo::name)
                .containsExactly("stock");
        assertThat(errand.events().receivers("user.born")).isEmpty();
        if (errand.profile().can(Capability.WORKER_REGISTRY)) {
            assertThat(errand.events().find("mail").orElseThrow().workers()).isZero();
            start(worker().subscribe(PLACED, "mail", (order, task) -> {}));
            assertThat(errand.events().find("mail").orElseThrow().workers()).isEqualTo(1);
        }
    }

    @Test
    void whatCannotWorkIsRefusedAtTheStart() {
        assertThatThrownBy(() -> errand.publish(EventType.pattern("order.*", String.class), "x"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("order.*");
        assertThatThrownBy(() -> worker().subscribe(PLACED, "no good", (order, task) -> {}))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("no good");
        assertThatThrownBy(() -> worker().queue("sub:stock"))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("sub:stock");
        assertThatThrownBy(() -> worker().subscribe(PLACED, "stock", (order, task) -> {})
                        .subscribe(PLACED, "stock", (order, task) -> {}))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("stock");
        assertThatThrownBy(() -> errand.events().subscribe("stock", Set.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("stock");
        assertThat(errand.events().subscriptions()).isEmpty();
    }

    @Test
    void withoutAHistoryTheBeginningIsRefusedAtTheStart() {
        assumeFalse(errand.profile().can(Capability.EVENT_HISTORY), "the broker keeps events");
        WorkerBuilder builder = worker().subscribe(PLACED, "stock", (order, task) -> {}, s -> s.fromBeginning());
        assertThatThrownBy(builder::start)
                .isInstanceOf(CapabilityException.class)
                .hasMessageContaining("stock")
                .hasMessageContaining("EVENT_HISTORY");
        assertThat(errand.events().subscriptions()).as("nothing was made").isEmpty();
    }
}
