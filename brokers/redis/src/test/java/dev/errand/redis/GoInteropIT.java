package dev.errand.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.Duplicate;
import dev.errand.Enqueued;
import dev.errand.Errand;
import dev.errand.EventType;
import dev.errand.ReturningTaskType;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerUrl;
import dev.errand.broker.EventPattern;
import dev.errand.broker.QueueControl;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.Upkeep;
import dev.errand.contract.Await;
import dev.errand.contract.server.RedisProcess;
import dev.errand.time.ManualTime;
import dev.errand.time.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Java and Go on the same queues: the Go side is asynq itself. */
@EnabledIf(value = "dev.errand.contract.server.RedisProcess#isPresent", disabledReason = RedisProcess.MISSING)
@ExtendWith(BesideGo.class)
class GoInteropIT {
    private static final String QUEUE = "shared";
    private static final TaskType<String> TEXT =
            TaskType.of("text", String.class).queue(QUEUE);
    private static final TaskType<byte[]> BYTES =
            TaskType.of("bytes", byte[].class).queue(QUEUE);

    @TempDir
    static Path folder;

    private static Path program;
    private static RedisProcess server;
    private static int databases;

    private final int database = databases++;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private Errand errand;

    @BeforeAll
    static void build() throws IOException, InterruptedException {
        program = GoPeer.build(folder);
        server = RedisProcess.server();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void connect() {
        errand = closing(Errand.connect(url()));
    }

    @AfterEach
    void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private <T extends AutoCloseable> T closing(T resource) {
        opened.push(resource);
        return resource;
    }

    private String url() {
        return "redis://127.0.0.1:" + server.port() + "/" + database;
    }

    private GoPeer go(String role, String... more) {
        return closing(GoPeer.start(program, role, server.port(), database, more));
    }

    private GoPeer goWorker() {
        return go("work", QUEUE).ready();
    }

    private Worker worker(TaskType<String> type, dev.errand.TaskHandler<String> handler) {
        return closing(errand.worker()
                .queue(QUEUE)
                .stopAfter(Duration.ofSeconds(2), Duration.ofSeconds(1))
                .handle(type, handler)
                .start());
    }

    private TaskInfo info(TaskId id) {
        return errand.tasks().find(id).orElseThrow();
    }

    private void awaitState(TaskId id, TaskState state) {
        Await.until(
                () -> id + " is " + state + ", but " + errand.tasks().find(id).map(TaskInfo::state),
                Duration.ofSeconds(20),
                () -> errand.tasks().find(id).map(TaskInfo::state).equals(Optional.of(state)));
    }

    // ---- Go client, Java worker

    @Test
    void whatGoEnqueuesRunsHere() {
        Map<String, dev.errand.TaskContext> ran = new ConcurrentHashMap<>();
        worker(TEXT, (payload, task) -> ran.put(payload, task));
        GoPeer client = go("enqueue");
        for (String payload : List.of("plain", "", "ünï😀 مرحبا", "line\nbreak \u0000")) {
            client.ask(Map.of(
                    "type", "text", "queue", QUEUE, "payload", payload, "headers", Map.of("trace", "1é"), "retry", 3));
            Await.until("it runs here", () -> ran.containsKey(payload));
            assertThat(ran.get(payload).headers()).containsOnly(Map.entry("trace", "1é"));
            assertThat(ran.get(payload).attempt()).isEqualTo(1);
        }
        JsonNode queue = go("inspect").ask(Map.of("do", "queue", "queue", QUEUE));
        assertThat(queue.path("processed").asInt()).isEqualTo(4);
        assertThat(queue.path("size").asInt()).isZero();
    }

    @Test
    void goBytesArriveAsTheyAre() {
        List<byte[]> ran = new CopyOnWriteArrayList<>();
        closing(errand.worker()
                .queue(QUEUE)
                .handle(BYTES, (payload, task) -> ran.add(payload))
                .start());
        go("enqueue").ask(Map.of("type", "bytes", "queue", QUEUE, "bytes", List.of(0, 1, 127, 128, 255)));
        Await.until("it runs here", () -> ran.size() == 1);
        assertThat(ran).containsExactly(new byte[] {0, 1, 127, -128, -1});
    }

    @Test
    void aGoClientWakesAnIdleJavaWorkerAtOnce() {
        Map<String, Instant> ran = new ConcurrentHashMap<>();
        worker(TEXT, (payload, task) -> ran.put(payload, Instant.now()));
        GoPeer client = go("enqueue");
        client.ask(Map.of("type", "text", "queue", QUEUE, "payload", "warm"));
        Await.until("the worker is warm", () -> ran.size() == 1);
        int prompt = 0;
        for (int i = 0; i < 10; i++) {
            String payload = "p" + i;
            Instant before = Instant.now();
            client.ask(Map.of("type", "text", "queue", QUEUE, "payload", payload));
            Await.until("it runs", () -> ran.containsKey(payload));
            prompt += Duration.between(before, ran.get(payload)).toMillis() < 250 ? 1 : 0;
        }
        assertThat(prompt).as("woken, not polled each half second").isGreaterThanOrEqualTo(8);
    }

    @Test
    void whatGoSchedulesRunsHereInTimeAndNotBefore() {
        Map<String, Instant> ran = new ConcurrentHashMap<>();
        worker(TEXT, (payload, task) -> ran.put(payload, Instant.now()));
        Instant before = Instant.now();
        go("enqueue").ask(Map.of("type", "text", "queue", QUEUE, "payload", "later", "in", 2));
        Await.until("it runs", () -> ran.containsKey("later"));
        // asynq itself cuts its times to whole seconds.
        assertThat(Duration.between(before, ran.get("later"))).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(6));
    }

    @Test
    void whatGoSaysOfATaskCounts() {
        List<Integer> attempts = new CopyOnWriteArrayList<>();
        worker(TEXT.retry(dev.errand.Retry.fixed(Duration.ofMillis(50)).maxAttempts(20)), (payload, task) -> {
            attempts.add(task.attempt());
            throw new IOException("brøken");
        });
        go("enqueue").ask(Map.of("type", "text", "queue", QUEUE, "payload", "x", "id", "thrice", "retry", 2));
        awaitState(TaskId.of("thrice"), TaskState.DEAD);
        assertThat(attempts).containsExactly(1, 2, 3);
        JsonNode shown = go("inspect").ask(Map.of("do", "show", "queue", QUEUE, "id", "thrice"));
        assertThat(shown.path("state").asString()).isEqualTo("archived");
        assertThat(shown.path("retried").asInt()).isEqualTo(3);
        assertThat(shown.path("lastErr").asString()).contains("brøken");
    }

    // ---- Java client, Go worker

    @Test
    void whatJavaEnqueuesRunsInGo() {
        GoPeer worker = goWorker();
        for (String payload : List.of("ok", "", "ünï😀 مرحبا", "line\nbreak \u0000")) {
            TaskId id =
                    errand.enqueue(TEXT, payload, o -> o.header("trace", "1é")).id();
            JsonNode begin = worker.awaitEvent("begin", id.value());
            assertThat(begin.path("payload").asString()).isEqualTo(payload);
            assertThat(begin.path("headers").path("trace").asString()).isEqualTo("1é");
            worker.awaitEvent("end", id.value());
            Await.until("it is gone", () -> errand.tasks().find(id).isEmpty());
        }
        TaskId id = errand.enqueue(BYTES, new byte[] {0, 1, 127, -128, -1}).id();
        JsonNode begin = worker.awaitEvent("begin", id.value());
        assertThat(begin.path("bytes").toString()).isEqualTo("[0,1,127,128,255]");
    }

    @Test
    void whatJavaDelaysRunsInGoAndNotBefore() {
        GoPeer worker = goWorker();
        Instant before = Instant.now();
        TaskId id = errand.enqueue(TEXT, "ok", o -> o.delay(Duration.ofMillis(1_200)))
                .id();
        worker.awaitEvent("begin", id.value());
        assertThat(Duration.between(before, Instant.now())).isGreaterThanOrEqualTo(Duration.ofMillis(1_200));
    }

    @Test
    void aFailureInGoIsSeenHereAndTheNextAttemptSucceedsHere() {
        GoPeer go = goWorker();
        TaskType<String> kept = TEXT.retention(Duration.ofHours(1));
        TaskId id = errand.enqueue(kept, "fail göne wrong").id();
        awaitState(id, TaskState.RETRY);
        go.close();
        TaskInfo failed = info(id);
        assertThat(failed.attempts()).isEqualTo(1);
        assertThat(failed.lastError().orElseThrow().message()).isEqualTo("göne wrong");
        List<Integer> attempts = new CopyOnWriteArrayList<>();
        worker(kept, (payload, task) -> attempts.add(task.attempt()));
        awaitState(id, TaskState.COMPLETED);
        assertThat(attempts).containsExactly(2);
        assertThat(info(id).envelope().history().errors()).hasSize(1);
    }

    @Test
    void whatGoArchivesIsADeadLetterHereAndCanBeRedriven() {
        goWorker();
        TaskId id = errand.enqueue(TEXT, "skip it is hopeless").id();
        awaitState(id, TaskState.DEAD);
        TaskInfo letter = errand.deadLetters().show(id).orElseThrow();
        assertThat(letter.lastError().orElseThrow().message()).contains("it is hopeless");
        assertThat(errand.deadLetters()
                        .list(TaskFilter.ALL, Optional.empty(), 10)
                        .items())
                .extracting(TaskInfo::id)
                .containsExactly(id);
        opened.stream().filter(GoPeer.class::isInstance).forEach(peer -> ((GoPeer) peer).kill());
        assertThat(errand.deadLetters().redrive(id)).isTrue();
        List<Integer> attempts = new CopyOnWriteArrayList<>();
        worker(TEXT, (payload, task) -> attempts.add(task.attempt()));
        Await.until("it runs here", () -> attempts.size() == 1);
    }

    @Test
    void aResultCanBeReadOnTheOtherSide() throws Exception {
        GoPeer go = goWorker();
        ReturningTaskType<String, String> type =
                TaskType.of("text", String.class).queue(QUEUE).returning(String.class);
        TaskId fromGo = errand.enqueue(type, "result grüße").id();
        assertThat(errand.tasks().await(type, fromGo, Duration.ofSeconds(20))).isEqualTo("grüße");
        go.close();
        closing(errand.worker()
                .queue(QUEUE)
                .handle(type, (payload, task) -> "välue")
                .start());
        TaskId fromJava = errand.enqueue(type, "x").id();
        awaitState(fromJava, TaskState.COMPLETED);
        JsonNode shown = go("inspect").ask(Map.of("do", "show", "queue", QUEUE, "id", fromJava.value()));
        assertThat(shown.path("state").asString()).isEqualTo("completed");
        assertThat(shown.path("result").asString()).isEqualTo("välue");
    }

    // ---- both

    @Test
    void bothKindsOfWorkerShareAQueueWithoutATaskTwice() {
        Set<String> here = ConcurrentHashMap.newKeySet();
        List<String> all = new CopyOnWriteArrayList<>();
        GoPeer go = goWorker();
        closing(errand.worker()
                .queue(QUEUE)
                .concurrency(4)
                .handle(TEXT, (payload, task) -> {
                    here.add(task.id().value());
                    all.add(task.id().value());
                    Await.pass(Duration.ofMillis(5));
                })
                .start());
        GoPeer client = go("enqueue");
        Set<String> ids = ConcurrentHashMap.newKeySet();
        // Go's worker looks once a second when it has nothing to do: until then there is always something.
        Await.until("both have had some", Duration.ofSeconds(60), () -> {
            for (int i = 0; i < 20; i++) {
                ids.add(errand.enqueue(TEXT, "ok").id().value());
                ids.add(client.ask(Map.of("type", "text", "queue", QUEUE, "payload", "ok"))
                        .path("id")
                        .asString());
            }
            return ids.size() >= 300 && !here.isEmpty() && !go.events("begin").isEmpty();
        });
        Await.until(
                () -> all.size() + " here and " + go.events("end").size() + " in Go, of " + ids.size(),
                Duration.ofSeconds(60),
                () -> all.size() + go.events("end").size() >= ids.size());
        List<String> there =
                go.events("begin").stream().map(e -> e.path("id").asString()).toList();
        all.addAll(there);
        assertThat(all).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void theTasksOfAKilledGoWorkerRunHereByAsynqsRules() {
        GoPeer go = goWorker();
        TaskId id = errand.enqueue(TEXT, "wait").id();
        go.awaitEvent("begin", id.value());
        go.kill();
        try (ManualTime inAMinute = new ManualTime(Instant.now());
                Broker broker = new RedisProvider()
                        .open(BrokerUrl.parse(url()), new BrokerContext(inAMinute, new Random(1), 3))) {
            Upkeep upkeep = broker.extension(Upkeep.class).orElseThrow();
            inAMinute.advance(Duration.ofSeconds(50));
            upkeep.recover(100);
            assertThat(info(id).state())
                    .as("half a minute after the lease, not before")
                    .isEqualTo(TaskState.ACTIVE);
            inAMinute.advance(Duration.ofSeconds(20));
            assertThat(upkeep.recover(100)).isEqualTo(1);
        }
        TaskInfo back = info(id);
        assertThat(back.state()).isEqualTo(TaskState.RETRY);
        assertThat(back.attempts()).isEqualTo(1);
        assertThat(back.lastError().orElseThrow().message()).isEqualTo("asynq: task lease expired");
        errand.tasks().runNow(id);
        List<Integer> attempts = new CopyOnWriteArrayList<>();
        worker(TEXT, (payload, task) -> attempts.add(task.attempt()));
        Await.until("it runs here", () -> attempts.equals(List.of(2)));
    }

    @Test
    void theTasksOfAKilledJavaWorkerRunInGoWithinSeconds() {
        try (dev.errand.contract.process.Processes processes = new dev.errand.contract.process.Processes()) {
            var doomed = processes.worker(url()).ready();
            TaskId id = errand.enqueue(dev.errand.contract.process.Script.TYPE, "wait gate")
                    .id();
            awaitState(id, TaskState.ACTIVE);
            worker(TEXT, (payload, task) -> {}); // serves another queue, and does the chores of all
            doomed.kill();
            GoPeer go = go(
                            "work",
                            dev.errand.contract.process.Script.TYPE.spec().queue())
                    .ready();
            go.awaitEvent("begin", id.value());
        }
    }

    @Test
    void aTaskIsUniqueAcrossLanguages() {
        TaskType<String> unique = TEXT.unique(Duration.ofMinutes(10));
        GoPeer client = go("enqueue");
        TaskId first = ((Enqueued) errand.enqueue(unique, "from java")).id();
        assertThat(client.ask(Map.of("type", "text", "queue", QUEUE, "payload", "from java", "unique", 600))
                        .path("answer")
                        .asString())
                .isEqualTo("duplicate");
        String second = client.ask(Map.of("type", "text", "queue", QUEUE, "payload", "from go", "unique", 600))
                .path("id")
                .asString();
        assertThat(errand.enqueue(unique, "from go")).isEqualTo(new Duplicate(TaskId.of(second)));
        assertThat(errand.enqueue(unique, "from java")).isEqualTo(new Duplicate(first));
        List<String> ran = new CopyOnWriteArrayList<>();
        worker(unique, (payload, task) -> ran.add(payload));
        Await.until("both ran", () -> ran.size() == 2);
        // asynq frees its lock at the end; ours holds for its time to live.
        Await.until("the Go task's lock is free", () -> errand.enqueue(unique, "from go") instanceof Enqueued);
        assertThat(errand.enqueue(unique, "from java")).isEqualTo(new Duplicate(first));
    }

    @Test
    void goCancelsWhatRunsHere() {
        CountDownLatch interrupted = new CountDownLatch(1);
        worker(TEXT, (payload, task) -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        TaskId id = errand.enqueue(TEXT, "x").id();
        awaitState(id, TaskState.ACTIVE);
        go("inspect").ask(Map.of("do", "cancel", "id", id.value()));
        awaitState(id, TaskState.CANCELLED);
        assertThat(interrupted.getCount()).isZero();
    }

    @Test
    void javaCancelsWhatRunsInGo() {
        GoPeer go = goWorker();
        TaskType<String> other = TaskType.of("other", String.class).queue("another");
        closing(errand.worker().handle(other, (payload, task) -> {}).start());
        TaskId id = errand.enqueue(TEXT, "wait").id();
        go.awaitEvent("begin", id.value());
        errand.tasks().cancel(id, "not wanted");
        go.awaitEvent("stopped", id.value());
        go.close(); // asynq would run it again, unless a worker of ours sees it first
        awaitState(id, TaskState.CANCELLED);
        assertThat(info(id).reason()).isEqualTo("not wanted");
    }

    @Test
    void aPauseHoldsOnBothSides() {
        GoPeer inspector = go("inspect");
        List<String> ran = new CopyOnWriteArrayList<>();
        worker(TEXT, (payload, task) -> ran.add(payload));
        errand.enqueue(TEXT, "before");
        Await.until("it works", () -> ran.size() == 1);
        inspector.ask(Map.of("do", "pause", "queue", QUEUE));
        errand.enqueue(TEXT, "held");
        assertThat(Await.within(Duration.ofMillis(1_500), () -> ran.size() > 1)).isFalse();
        inspector.ask(Map.of("do", "unpause", "queue", QUEUE));
        Await.until("it goes on", () -> ran.size() == 2);
        try (Time time = Time.system();
                Broker broker =
                        new RedisProvider().open(BrokerUrl.parse(url()), new BrokerContext(time, new Random(1), 3))) {
            broker.extension(QueueControl.class).orElseThrow().pause(QUEUE);
            assertThat(inspector
                            .ask(Map.of("do", "queue", "queue", QUEUE))
                            .path("paused")
                            .asBoolean())
                    .isTrue();
            broker.extension(QueueControl.class).orElseThrow().resume(QUEUE);
        }
        assertThat(inspector
                        .ask(Map.of("do", "queue", "queue", QUEUE))
                        .path("paused")
                        .asBoolean())
                .isFalse();
    }

    // ---- tools

    @Test
    void goToolsShowAndSteerJavaTasksInEveryState() {
        TaskType<String> kept = TEXT.retention(Duration.ofHours(1)).retry(dev.errand.Retry.fixed(Duration.ofHours(1)));
        CountDownLatch gate = new CountDownLatch(1);
        Worker worker = worker(kept, (payload, task) -> {
            switch (payload) {
                case "hold" -> gate.await();
                case "fail" -> throw new IOException("fäiled");
                case "die" -> throw new dev.errand.DeadLetter("hopeless");
                default -> {}
            }
        });
        TaskId completed = errand.enqueue(kept, "ok").id();
        TaskId retry = errand.enqueue(kept, "fail").id();
        TaskId dead = errand.enqueue(kept, "die").id();
        TaskId active = errand.enqueue(kept, "hold").id();
        awaitState(completed, TaskState.COMPLETED);
        awaitState(retry, TaskState.RETRY);
        awaitState(dead, TaskState.DEAD);
        awaitState(active, TaskState.ACTIVE);
        TaskId scheduled =
                errand.enqueue(kept, "ok", o -> o.delay(Duration.ofHours(2))).id();
        TaskId pending = errand.enqueue(kept, "ok", o -> o.queue("unserved")).id();
        GoPeer inspector = go("inspect");
        Map<String, TaskId> expected = Map.of(
                "completed", completed, "retry", retry, "archived", dead, "active", active, "scheduled", scheduled);
        expected.forEach((state, id) -> {
            assertThat(inspector
                            .ask(Map.of("do", "list", "queue", QUEUE, "state", state))
                            .toString())
                    .as(state)
                    .isEqualTo("{\"ids\":[\"" + id + "\"]}");
            JsonNode shown = inspector.ask(Map.of("do", "show", "queue", QUEUE, "id", id.value()));
            assertThat(shown.path("state").asString()).isEqualTo(state);
            assertThat(shown.path("type").asString()).isEqualTo("text");
        });
        assertThat(inspector
                        .ask(Map.of("do", "list", "queue", "unserved", "state", "pending"))
                        .toString())
                .contains(pending.value());
        JsonNode servers = inspector.ask(Map.of("do", "servers")).path("servers");
        assertThat(servers.size()).isEqualTo(1);
        assertThat(servers.get(0).path("id").asString()).isEqualTo(worker.id());
        Await.until(
                "the running task is shown",
                () -> inspector
                        .ask(Map.of("do", "servers"))
                        .path("servers")
                        .get(0)
                        .path("running")
                        .toString()
                        .contains(active.value()));
        // and steer
        assertThat(inspector
                        .ask(Map.of("do", "archive", "queue", QUEUE, "id", scheduled.value()))
                        .path("done")
                        .asBoolean())
                .isTrue();
        assertThat(info(scheduled).state()).isEqualTo(TaskState.DEAD);
        inspector.ask(Map.of("do", "delete", "queue", QUEUE, "id", scheduled.value()));
        assertThat(errand.tasks().find(scheduled)).isEmpty();
        inspector.ask(Map.of("do", "delete", "queue", QUEUE, "id", dead.value()));
        assertThat(errand.deadLetters()
                        .list(TaskFilter.ALL, Optional.empty(), 10)
                        .items())
                .as("what an operator deleted is not brought back")
                .isEmpty();
        inspector.ask(Map.of("do", "run", "queue", QUEUE, "id", retry.value()));
        Await.until("it has failed again", () -> info(retry).attempts() == 2);
        gate.countDown();
        awaitState(active, TaskState.COMPLETED);
    }

    @Test
    void javaToolsShowAndSteerGoTasks() {
        GoPeer client = go("enqueue");
        client.ask(Map.of("type", "text", "queue", QUEUE, "payload", "ok", "id", "pending"));
        client.ask(
                Map.of("type", "text", "queue", QUEUE, "payload", "ok", "id", "scheduled", "in", 3600, "timeout", 90));
        client.ask(Map.of("type", "text", "queue", QUEUE, "payload", "ok", "id", "grouped", "group", "g"));
        assertThat(errand.tasks().list(TaskFilter.ALL, Optional.empty(), 10).items())
                .extracting(task -> task.id().value())
                .containsExactlyInAnyOrder("pending", "scheduled");
        TaskInfo scheduled = info(TaskId.of("scheduled"));
        assertThat(scheduled.state()).isEqualTo(TaskState.SCHEDULED);
        assertThat(scheduled.envelope().policy().timeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(scheduled.envelope().policy().maxAttempts()).isEqualTo(26);
        assertThat(errand.queues().counts(QUEUE))
                .isEqualTo(Map.of(TaskState.PENDING, 1L, TaskState.SCHEDULED, 1L, TaskState.WAITING, 1L));
        assertThat(errand.tasks().runNow(TaskId.of("scheduled"))).isTrue();
        errand.tasks().cancel(TaskId.of("pending"), "not wanted");
        JsonNode shown = go("inspect").ask(Map.of("do", "show", "queue", QUEUE, "id", "pending"));
        assertThat(shown.path("error").asString("gone")).isNotEmpty();
        GoPeer worker = goWorker();
        worker.awaitEvent("end", "scheduled");
        assertThat(worker.events("begin")).hasSize(1);
        assertThat(info(TaskId.of("grouped")).state()).as("left unharmed").isEqualTo(TaskState.WAITING);
    }

    @Test
    void whatGoHasEnqueuedAndCompletedIsShownWithItsTime() {
        Instant from = Instant.now().minusSeconds(1);
        goWorker();
        JsonNode stored = go("enqueue")
                .ask(Map.of("type", "text", "queue", QUEUE, "payload", "ok", "id", "done-in-go", "retention", 600));
        assertThat(stored.path("answer").asString()).isEqualTo("stored");
        TaskId id = TaskId.of("done-in-go");
        awaitState(id, TaskState.COMPLETED);
        // asynq's times are whole seconds.
        assertThat(info(id).ended()).isBetween(from.minusSeconds(1), Instant.now());
        assertThat(info(id).envelope().created()).isBetween(from.minusSeconds(1), Instant.now());
    }

    @Test
    void goWorkersAreShownHere() {
        goWorker();
        Await.until(
                "it is shown",
                () -> errand.workers().workers().stream()
                        .anyMatch(w -> w.spec().queues().equals(Map.of(QUEUE, 1))
                                && w.spec().concurrency() == 10));
    }

    @Test
    void manyPayloadsOfAllBytesSurviveBothWays() {
        GoPeer go = goWorker();
        Random random = new Random(7);
        Map<String, String> expected = IntStream.range(0, 50)
                .mapToObj(i -> {
                    byte[] payload = new byte[random.nextInt(300)];
                    random.nextBytes(payload);
                    return payload;
                })
                .collect(Collectors.toMap(
                        payload -> errand.enqueue(BYTES, payload).id().value(),
                        payload -> IntStream.range(0, payload.length)
                                .mapToObj(i -> Integer.toString(payload[i] & 0xFF))
                                .collect(Collectors.joining(",", "[", "]"))));
        expected.forEach((id, bytes) ->
                assertThat(go.awaitEvent("begin", id).path("bytes").toString()).isEqualTo(bytes));
    }

    // ---- events

    @Test
    void aGoWorkerIsASubscriberBesideAJavaOne() {
        EventType<String> placed = EventType.of("order.placed", String.class);
        errand.events().subscribe("go", Set.of(EventPattern.of("order.*")));
        List<String> here = new CopyOnWriteArrayList<>();
        closing(errand.worker()
                .subscribe(placed, "java", (order, task) -> here.add(order))
                .start());
        GoPeer worker = go("work", "sub:go").ready();
        errand.publish(placed, "ok 1", o -> o.id(TaskId.of("first")).header("k", "v"));
        errand.publish(placed, "skip refused", o -> o.id(TaskId.of("second")));
        JsonNode begun = worker.awaitEvent("begin", "first@go");
        assertThat(begun.path("type").asString()).isEqualTo("order.placed");
        assertThat(begun.path("payload").asString()).isEqualTo("ok 1");
        assertThat(begun.path("headers").path("k").asString()).isEqualTo("v");
        assertThat(begun.path("headers").path("errand.event").asString()).isEqualTo("first");
        Await.until("both have run here", () -> here.size() == 2);
        awaitState(TaskId.of("second@go"), TaskState.DEAD);
        assertThat(errand.deadLetters()
                        .list(TaskFilter.ALL, Optional.empty(), 10)
                        .items())
                .extracting(TaskInfo::queue)
                .containsExactly("sub:go");
        assertThat(errand.events().remove("go")).isTrue();
        assertThat(errand.deadLetters().show(TaskId.of("second@go"))).isEmpty();
    }
}
