package dev.errand.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.Errand;
import dev.errand.Schedule;
import dev.errand.TaskContext;
import dev.errand.TaskType;
import dev.errand.contract.Await;
import dev.errand.contract.server.RedisProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Schedules of Java beside those of asynq's scheduler, and how asynq's inspector shows both. */
@EnabledIf(value = "dev.errand.contract.server.RedisProcess#isPresent", disabledReason = RedisProcess.MISSING)
@ExtendWith(BesideGo.class)
class GoSchedulesIT {
    private static final String QUEUE = "shared";
    private static final String DUE = "errand.schedule.due";
    private static final TaskType<String> TEXT =
            TaskType.of("text", String.class).queue(QUEUE);
    private static final Schedule<String> TICK =
            Schedule.of("java-tick", TEXT, "java").every(Duration.ofSeconds(1));

    /** A task that ran. */
    private record Ran(String id, String payload, String due) {}

    @TempDir
    static Path folder;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<Ran> ran = new CopyOnWriteArrayList<>();
    private Path program;
    private RedisProcess server;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        program = GoPeer.build(folder);
        server = closing(RedisProcess.server());
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

    private Errand worker() {
        Errand errand = closing(Errand.connect("redis://127.0.0.1:" + server.port()));
        closing(errand.worker()
                .queue(QUEUE)
                .schedule(TICK)
                .handle(TEXT, this::run)
                .start());
        return errand;
    }

    private void run(String payload, TaskContext task) {
        ran.add(new Ran(task.id().value(), payload, task.headers().getOrDefault(DUE, "")));
    }

    private List<Ran> ofJava() {
        return ran.stream().filter(each -> each.payload().equals("java")).toList();
    }

    private static List<JsonNode> entries(GoPeer inspector) {
        List<JsonNode> all = new ArrayList<>();
        inspector.ask(Map.of("do", "schedulers")).path("entries").forEach(all::add);
        return all;
    }

    private static List<String> enqueues(GoPeer inspector, String entry) {
        List<String> ids = new ArrayList<>();
        inspector.ask(Map.of("do", "enqueues", "id", entry)).path("ids").forEach(id -> ids.add(id.asString()));
        return ids;
    }

    @Test
    void goAndJavaSchedulersRunSideBySide() {
        closing(GoPeer.start(program, "schedule", server.port(), 0, "@every 1s", "text", QUEUE))
                .ready();
        Errand one = worker();
        worker();
        GoPeer inspector = closing(GoPeer.start(program, "inspect", server.port(), 0));
        Await.until(
                () -> "three of each: " + ran,
                Duration.ofSeconds(30),
                () -> ofJava().size() >= 3 && ran.size() - ofJava().size() >= 3);
        List<String> dues = ofJava().stream().map(Ran::due).toList();
        assertThat(dues)
                .as("two workers fire, each due time once")
                .doesNotHaveDuplicates()
                .allMatch(due -> Instant.parse(due).toEpochMilli() % 1_000 == 0);
        Await.until("both are shown, and that they ran", () -> {
            List<JsonNode> all = entries(inspector);
            return all.size() == 2 && all.stream().allMatch(e -> e.path("ran").asBoolean());
        });
        JsonNode java = entries(inspector).stream()
                .filter(e -> e.path("id").asString().equals("java-tick"))
                .findFirst()
                .orElseThrow();
        assertThat(java.path("spec").asString()).isEqualTo("@every 1s");
        assertThat(java.path("type").asString()).isEqualTo("text");
        assertThat(java.path("payload").asString()).isEqualTo("java");
        assertThat(java.path("options").toString()).contains("Queue(\\\"shared\\\")", "MaxRetry(24)", "Timeout(30m0s)");
        String first = ofJava().getFirst().id();
        assertThat(enqueues(inspector, "java-tick")).contains(first);
        assertThat(one.schedules().runs("java-tick", 100))
                .anyMatch(run -> run.task() != null && run.task().value().equals(first));
        String go = entries(inspector).stream()
                .map(e -> e.path("id").asString())
                .filter(id -> !id.equals("java-tick"))
                .findFirst()
                .orElseThrow();
        assertThat(enqueues(inspector, go)).isNotEmpty();
        one.schedules().delete("java-tick");
        Await.until("it is shown no more", () -> entries(inspector).size() == 1);
        assertThat(enqueues(inspector, "java-tick")).isEmpty();
        assertThat(enqueues(inspector, go)).as("the other one goes on").isNotEmpty();
    }
}
