package dev.errand.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.BrokerUnavailableException;
import dev.errand.Errand;
import dev.errand.Health;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.broker.Durability;
import dev.errand.contract.Await;
import dev.errand.contract.server.RedisProcess;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** A server that dies, loads, stutters; each test has one of its own. */
@EnabledIf(value = "dev.errand.contract.server.RedisProcess#isPresent", disabledReason = RedisProcess.MISSING)
class RedisOutageIT {
    private static final TaskType<String> TYPE = TaskType.of("text", String.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<String> ran = new CopyOnWriteArrayList<>();

    private <T extends AutoCloseable> T closing(T resource) {
        opened.push(resource);
        return resource;
    }

    @AfterEach
    void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private Worker worker(Errand errand) {
        return closing(errand.worker()
                .stopAfter(Duration.ofSeconds(2), Duration.ofSeconds(1))
                .handle(TYPE, (payload, task) -> ran.add(payload))
                .start());
    }

    private static List<String> texts(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> name + i).toList();
    }

    @Test
    void whatIsAcknowledgedSurvivesTheServersDeathAlsoWhenItSyncsEverySecond() {
        RedisProcess server = closing(RedisProcess.server("--appendfsync", "everysec"));
        Errand errand = closing(Errand.connect("redis://127.0.0.1:" + server.port()));
        assertThat(errand.profile().durability()).isEqualTo(Durability.PROCESS_CRASH);
        List<String> texts = texts("t", 300);
        texts.forEach(text -> errand.enqueue(TYPE, text));
        server.kill();
        server.start();
        worker(errand);
        Await.until(() -> "all run, not only " + ran.size(), Duration.ofSeconds(60), () -> ran.size() >= 300);
        assertThat(ran).containsExactlyInAnyOrderElementsOf(texts);
    }

    @Test
    void aServerThatLoadsIsAnOutageThatEnds() {
        RedisProcess server = closing(RedisProcess.server());
        Errand errand = closing(Errand.connect("redis://127.0.0.1:" + server.port()));
        List<String> later = texts("later", 5_000);
        errand.enqueueAll(TYPE, later, o -> o.delay(Duration.ofHours(1)));
        Worker worker = worker(errand);
        server.kill();
        // Each of some 15,000 commands of the file takes so many microseconds more.
        server.startLoading("--key-load-delay", "400");
        Set<String> said = new HashSet<>();
        Await.until("a task is stored", Duration.ofSeconds(90), () -> {
            try {
                errand.enqueue(TYPE, "after");
                return true;
            } catch (BrokerUnavailableException e) {
                said.add(String.valueOf(e.getMessage()));
                return false;
            }
        });
        assertThat(said).anyMatch(message -> message.contains("is not ready: LOADING"));
        Await.until("the worker goes on", Duration.ofSeconds(60), () -> ran.contains("after"));
        Await.until("it says so", () -> worker.health().state() == Health.State.RUNNING);
        assertThat(errand.queues().counts("default")).containsEntry(dev.errand.TaskState.SCHEDULED, 5_000L);
    }

    @Test
    void aSlowServerLosesNothingAndRunsNothingTwice() throws Exception {
        RedisProcess server = closing(RedisProcess.server());
        Errand errand = closing(Errand.connect("redis://127.0.0.1:" + server.port()));
        worker(errand);
        List<String> texts = texts("t", 200);
        Thread caller = Thread.ofVirtual().start(() -> texts.forEach(text -> errand.enqueue(TYPE, text)));
        // Most of the time it stands still, but never as long as a command may take.
        int stops = 0;
        while (ran.size() < 200 && stops++ < 200) {
            server.pause();
            Await.pass(Duration.ofMillis(150));
            server.resume();
            Await.pass(Duration.ofMillis(5));
        }
        caller.join(Duration.ofSeconds(60));
        Await.until(() -> "all run, not only " + ran.size(), Duration.ofSeconds(60), () -> ran.size() >= 200);
        assertThat(stops).isGreaterThan(2);
        assertThat(ran).containsExactlyInAnyOrderElementsOf(texts);
    }
}
