package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.ConfigurationException;
import dev.errand.Enqueued;
import dev.errand.Errand;
import dev.errand.Retry;
import dev.errand.TaskContext;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskType;
import dev.errand.broker.Capability;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What surrounds a handler, and what it knows. */
abstract class HandlerContract extends EngineContract {
    private static TaskContext awaitContext(AtomicReference<TaskContext> seen) {
        Await.until("it has run", () -> seen.get() != null);
        return seen.get();
    }

    @Test
    void aHandlerKnowsItsTask() {
        TaskType<String> type = type("knows").queue("its-queue").timeout(Duration.ofSeconds(30));
        AtomicReference<TaskContext> seen = new AtomicReference<>();
        Instant before = Instant.now().minusMillis(1);
        start(worker().handle(type, (payload, task) -> {
            assertThat(task.deadline())
                    .isBetween(before.plusSeconds(30), Instant.now().plusSeconds(30));
            assertThat(task.cancelled()).isFalse();
            seen.set(task);
        }));
        TaskId id = errand.enqueue(type, "x", o -> o.header("traceparent", "00-1-2-01"))
                .id();
        TaskContext task = awaitContext(seen);
        assertThat(task.id()).isEqualTo(id);
        assertThat(task.type()).isEqualTo("knows");
        assertThat(task.queue()).isEqualTo("its-queue");
        assertThat(task.attempt()).isEqualTo(1);
        assertThat(task.maxAttempts()).isEqualTo(25);
        assertThat(task.crashes()).isZero();
        assertThat(task.token().number()).isPositive();
        assertThat(task.created()).isBetween(before, Instant.now());
        assertThat(task.headers()).containsOnly(Map.entry("traceparent", "00-1-2-01"));
    }

    @Test
    void middlewareWrapsInTheOrderInWhichItWasAdded() {
        List<String> steps = new CopyOnWriteArrayList<>();
        TaskType<String> type = type("wrapped").retry(Retry.none());
        Errand wrapped = stage.connect(
                broker,
                time,
                c -> c.middleware((payload, task, next) -> {
                            steps.add("client 1 in");
                            try {
                                return next.proceed();
                            } finally {
                                steps.add("client 1 out");
                            }
                        })
                        .middleware((payload, task, next) -> {
                            steps.add("client 2 " + payload);
                            return next.proceed();
                        }));
        stage.closing(wrapped.worker()
                .middleware((payload, task, next) -> {
                    steps.add("worker in");
                    Object result = next.proceed();
                    steps.add("worker out");
                    return result;
                })
                .handle(type, (payload, task) -> steps.add("handler"))
                .start());
        wrapped.enqueue(type, "x");
        Await.until("it has run", () -> steps.contains("client 1 out"));
        assertThat(steps)
                .containsExactly("client 1 in", "client 2 x", "worker in", "handler", "worker out", "client 1 out");
    }

    @Test
    void whatMiddlewareThrowsCountsAsTheHandlers() {
        TaskType<String> type = type("thrown").retry(Retry.fixed(Duration.ZERO).maxAttempts(2));
        Runs runs = new Runs();
        start(worker().middleware((payload, task, next) -> {
                    runs.begin("middleware", task);
                    throw new IOException("not today");
                })
                .handle(type, runs::begin));
        TaskInfo letter = deadLetter(errand.enqueue(type, "x").id());
        assertThat(letter.attempts()).isEqualTo(2);
        assertThat(letter.lastError().orElseThrow().message()).isEqualTo("not today");
        assertThat(runs.payloads()).containsOnly("middleware");
    }

    @Test
    void aHandlerEnqueuesChildren() {
        TaskType<String> parent = type("parent");
        TaskType<String> child = type("child");
        Runs children = new Runs();
        start(worker().handle(parent, (payload, task) -> {
                    assertThat(task.enqueue(child, "one")).isInstanceOf(Enqueued.class);
                    task.enqueue(child, "two", o -> o.delay(Duration.ofMillis(50)));
                })
                .handle(child, children::begin));
        errand.enqueue(parent, "x");
        Await.until("both children have run", () -> children.count() == 2);
        assertThat(children.payloads()).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    @Needs(Capability.FIND)
    void aChildNamesItsParent() {
        TaskType<String> parent = type("parent");
        TaskType<String> child = type("child").queue("nobody-serves-it");
        AtomicReference<TaskId> childId = new AtomicReference<>();
        start(worker().queue("default")
                .handle(
                        parent,
                        (payload, task) -> childId.set(task.enqueue(child, "x").id())));
        TaskId id = errand.enqueue(parent, "x").id();
        Await.until("the child is stored", () -> childId.get() != null);
        assertThat(errand.tasks().find(childId.get()).orElseThrow().envelope().parent())
                .isEqualTo(id);
    }

    @Test
    void aChainOfChildrenEnds() {
        TaskType<String> type = type("chain");
        Runs runs = new Runs();
        start(worker().concurrency(2).handle(type, (payload, task) -> {
            runs.begin(payload, task);
            int left = Integer.parseInt(payload);
            if (left > 0) {
                task.enqueue(type, String.valueOf(left - 1));
            }
        }));
        errand.enqueue(type, "100");
        Await.until("the last one has run", () -> runs.count() == 101);
    }

    @Test
    void aWorkerWithoutHandlersOrWithTwoForANameIsRefused() {
        assertThatThrownBy(() -> errand.worker().start()).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> errand.worker()
                        .handle(type("a"), (payload, task) -> {})
                        .handle(type("b").alias("a"), (payload, task) -> {})
                        .start())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("a");
    }
}
