package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.DeadCause;
import dev.errand.DeadLetter;
import dev.errand.Discard;
import dev.errand.Enqueued;
import dev.errand.Errand;
import dev.errand.Release;
import dev.errand.Retry;
import dev.errand.RetryAfter;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskType;
import dev.errand.broker.Capability;
import dev.errand.broker.TaskFilter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Many callers and workers at once: every task is accounted for. */
abstract class LoadContract extends EngineContract {
    private static final Duration LONG = Duration.ofSeconds(60);
    private final Runs runs = new Runs();

    @Test
    void twoWorkersShareTheWorkAndRunNothingTwice() {
        TaskType<String> type = type("shared");
        Map<String, String> byWorker = new ConcurrentHashMap<>();
        for (String name : List.of("one", "two")) {
            start(worker().name(name).concurrency(8).handle(type, (payload, task) -> {
                runs.begin(payload, task);
                byWorker.put(payload, name);
                Await.pass(Duration.ofMillis(1));
            }));
        }
        List<String> payloads = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            payloads.add("t" + i);
        }
        errand.enqueueAll(type, payloads);
        Await.until("all have run", LONG, () -> runs.distinct() == 1_000);
        Await.until("nothing is left", () -> errand.queues().depth("default") == 0);
        assertThat(runs.count()).isEqualTo(1_000);
        assertThat(new HashSet<>(byWorker.values())).as("both worked").hasSize(2);
    }

    @Test
    void manyCallersAndWorkersRunEachTaskOnce() throws Exception {
        TaskType<String> type = type("busy");
        for (int i = 0; i < 3; i++) {
            start(worker().concurrency(16).handle(type, runs::begin));
        }
        Set<TaskId> stored = ConcurrentHashMap.newKeySet();
        List<FutureTask<Boolean>> callers = new ArrayList<>();
        for (int c = 0; c < 32; c++) {
            FutureTask<Boolean> caller = new FutureTask<>(
                    () -> {
                        for (int i = 0; i < 100; i++) {
                            stored.add(errand.enqueue(type, "x").id());
                        }
                    },
                    true);
            Thread.ofVirtual().start(caller);
            callers.add(caller);
        }
        for (FutureTask<Boolean> caller : callers) {
            caller.get();
        }
        assertThat(stored).hasSize(3_200);
        Await.until("all have run", LONG, () -> runs.distinct() == 3_200);
        assertThat(runs.count()).isEqualTo(3_200);
        Await.until("nothing is left", () -> errand.queues().depth("default") == 0);
    }

    /** The payload says how the task is to end; afterwards each has ended so, after so many attempts. */
    @Test
    void everyTaskEndsAsItShould() {
        TaskType<String> type =
                type("mixed").retry(Retry.fixed(Duration.ofMillis(2)).maxAttempts(3));
        for (int i = 0; i < 2; i++) {
            start(worker().concurrency(16).handle(type, (payload, task) -> {
                runs.begin(payload, task);
                boolean first = runs.of(task.id()).size() == 1;
                switch (payload) {
                    case "completes" -> {}
                    case "fails once" -> {
                        if (task.attempt() == 1) {
                            throw new IOException("once");
                        }
                    }
                    case "fails always" -> throw new IOException("always");
                    case "refuses" -> throw new DeadLetter("never");
                    case "discards" -> throw new Discard("unwanted");
                    case "releases" -> {
                        if (first) {
                            throw new Release(Duration.ofMillis(5));
                        }
                    }
                    case "waits" -> {
                        if (task.attempt() == 1) {
                            throw new RetryAfter(Duration.ofMillis(20));
                        }
                    }
                    default -> throw new AssertionError(payload);
                }
            }));
        }
        Map<String, Integer> expectedRuns = Map.of(
                "completes",
                1,
                "fails once",
                2,
                "fails always",
                3,
                "refuses",
                1,
                "discards",
                1,
                "releases",
                2,
                "waits",
                2);
        Map<TaskId, String> all = new ConcurrentHashMap<>();
        List<String> kinds = expectedRuns.keySet().stream().sorted().toList();
        for (int i = 0; i < 60; i++) {
            List<TaskId> ids = errand.enqueueAll(type, kinds).stream()
                    .map(answer -> ((Enqueued) answer).id())
                    .toList();
            for (int k = 0; k < kinds.size(); k++) {
                all.put(ids.get(k), kinds.get(k));
            }
        }
        int total = 60 * expectedRuns.values().stream().mapToInt(n -> n).sum();
        Await.until(() -> runs.count() + " of " + total + " runs", LONG, () -> runs.count() >= total);
        assertThat(Await.within(Duration.ofMillis(300), () -> runs.count() > total))
                .isFalse();
        all.forEach((id, kind) -> assertThat(runs.of(id)).as(kind).hasSize(expectedRuns.getOrDefault(kind, -1)));
        Await.until("the dead letters are there", () -> dead().size() == 120);
        dead().forEach(letter -> {
            String kind = all.get(letter.id());
            assertThat(kind).isIn("fails always", "refuses");
            assertThat(letter.cause()).isEqualTo("refuses".equals(kind) ? DeadCause.REFUSED : DeadCause.EXHAUSTED);
        });
        Await.until("nothing is left", () -> errand.queues().depth("default") == 0);
    }

    private List<TaskInfo> dead() {
        return errand.deadLetters()
                .list(TaskFilter.ALL, Optional.empty(), 1_000)
                .items();
    }

    @Test
    @Needs(Capability.SHARED)
    void severalConnectionsWorkTogether() throws Exception {
        TaskType<String> type = type("together");
        Set<TaskId> stored = ConcurrentHashMap.newKeySet();
        List<FutureTask<Boolean>> callers = new ArrayList<>();
        for (int c = 0; c < 3; c++) {
            Errand own = stage.connect(s -> {});
            stage.closing(own.worker().concurrency(8).handle(type, runs::begin).start());
            FutureTask<Boolean> caller = new FutureTask<>(
                    () -> {
                        for (int i = 0; i < 150; i++) {
                            stored.add(own.enqueue(type, "x").id());
                        }
                    },
                    true);
            Thread.ofPlatform().daemon().start(caller);
            callers.add(caller);
        }
        for (FutureTask<Boolean> caller : callers) {
            caller.get();
        }
        Await.until("all have run", LONG, () -> runs.distinct() == 450);
        assertThat(stored).hasSize(450);
        assertThat(runs.count()).isEqualTo(450);
    }

    @Test
    void aThousandDelayedTasksAllRunOnce() {
        TaskType<String> type = type("delayed");
        start(worker().handle(type, runs::begin));
        for (int i = 0; i < 10; i++) {
            int hundred = i;
            errand.enqueueAll(
                    type, java.util.Collections.nCopies(100, "x"), o -> o.delay(Duration.ofMillis(50L * hundred)));
        }
        Await.until("all have run", LONG, () -> runs.distinct() == 1_000);
        assertThat(runs.count()).isEqualTo(1_000);
    }
}
