package dev.errand.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.DeadLetter;
import dev.errand.Errand;
import dev.errand.Retry;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.contract.Await;
import dev.errand.contract.server.RedisProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What the commands of asynq's command line do, over Java's tasks in every state, by the inspector that they all are made of.
 * What runs is in {@link GoInteropIT}, and schedules are in {@link GoSchedulesIT}.
 */
@EnabledIf(value = "dev.errand.contract.server.RedisProcess#isPresent", disabledReason = RedisProcess.MISSING)
@ExtendWith(BesideGo.class)
class GoToolsIT {
    private static final String QUEUE = "tools";
    private static final TaskType<String> TEXT = TaskType.of("text", String.class)
            .queue(QUEUE)
            .retention(Duration.ofHours(1))
            .retry(Retry.fixed(Duration.ofHours(1)));
    /** The states of tasks that do not run, as asynq calls them. */
    private static final Map<String, TaskState> STATES = Map.of(
            "pending", TaskState.PENDING,
            "scheduled", TaskState.SCHEDULED,
            "retry", TaskState.RETRY,
            "archived", TaskState.DEAD,
            "completed", TaskState.COMPLETED);

    @TempDir
    static Path folder;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private Errand errand;
    private GoPeer inspector;
    private GoPeer client;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        Path program = GoPeer.build(folder);
        RedisProcess server = closing(RedisProcess.server());
        errand = closing(Errand.connect("redis://127.0.0.1:" + server.port()));
        inspector = closing(GoPeer.start(program, "inspect", server.port(), 0));
        client = closing(GoPeer.start(program, "enqueue", server.port(), 0));
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

    private JsonNode ask(String what, Object... more) {
        Map<String, Object> command = new HashMap<>(Map.of("do", what, "queue", QUEUE));
        for (int i = 0; i < more.length; i += 2) {
            command.put((String) more[i], more[i + 1]);
        }
        return inspector.ask(command);
    }

    private Worker worker() {
        return errand.worker()
                .queue(QUEUE)
                .handle(TEXT, (payload, task) -> {
                    switch (payload) {
                        case "retry" -> throw new IOException("failed");
                        case "archived" -> throw new DeadLetter("hopeless");
                        default -> {}
                    }
                })
                .start();
    }

    private TaskState state(TaskId id) {
        return errand.tasks().find(id).map(TaskInfo::state).orElseThrow();
    }

    /** One task in each state for each name: a worker has run them, and is gone. */
    private Map<String, TaskId> inEveryState(List<String> names) {
        Map<String, TaskId> ids = new HashMap<>();
        try (Worker worker = worker()) {
            for (String name : names) {
                for (String ran : List.of("retry", "archived", "completed")) {
                    ids.put(name + ran, errand.enqueue(TEXT, ran).id());
                }
            }
            ids.forEach((name, id) ->
                    Await.until(name, () -> state(id) != TaskState.PENDING && state(id) != TaskState.ACTIVE));
            assertThat(worker.id()).isNotEmpty();
        }
        for (String name : names) {
            ids.put(
                    name + "scheduled",
                    errand.enqueue(TEXT, "ok", o -> o.delay(Duration.ofHours(1)))
                            .id());
            ids.put(name + "pending", errand.enqueue(TEXT, "ok").id());
        }
        return ids;
    }

    @Test
    void runArchiveAndDeleteOneTaskInEveryState() {
        Map<String, TaskId> ids = inEveryState(List.of("run", "archive", "delete"));
        STATES.forEach((name, state) -> List.of("run", "archive", "delete").forEach(action -> {
            TaskId id = ids.get(action + name);
            assertThat(state(id)).as(action + " " + name).isEqualTo(state);
            assertThat(ask("show", "id", id.value()).path("state").asString()).isEqualTo(name);
            assertThat(ask("list", "state", name).path("ids").toString()).contains(id.value());
            JsonNode answer = ask(action, "id", id.value());
            boolean refused = (action.equals("run") && name.equals("pending"))
                    || (action.equals("archive") && name.equals("archived"));
            assertThat(answer.path("done").asBoolean(false))
                    .as(action + " " + name + ": " + answer)
                    .isNotEqualTo(refused);
            Optional<TaskState> after = errand.tasks().find(id).map(TaskInfo::state);
            assertThat(after)
                    .as(action + " " + name)
                    .isEqualTo(
                            switch (action) {
                                case "run" -> Optional.of(TaskState.PENDING);
                                case "archive" -> Optional.of(TaskState.DEAD);
                                default -> Optional.empty();
                            });
        }));
        try (Worker worker = worker()) {
            Await.until(
                    "what the tools have made ready runs",
                    () -> STATES.keySet().stream().allMatch(name -> state(ids.get("run" + name)) != TaskState.PENDING));
            assertThat(worker.id()).isNotEmpty();
        }
        assertThat(state(ids.get("runscheduled"))).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void runArchiveAndDeleteAllOfAState() {
        Map<String, TaskId> ids = inEveryState(List.of("a", "b"));
        assertThat(count("archive", "pending")).isEqualTo(2);
        assertThat(state(ids.get("apending"))).isEqualTo(TaskState.DEAD);
        assertThat(count("delete", "archived")).isEqualTo(4);
        assertThat(errand.tasks().find(ids.get("barchived"))).isEmpty();
        assertThat(count("run", "scheduled")).isEqualTo(2);
        assertThat(state(ids.get("bscheduled"))).isEqualTo(TaskState.PENDING);
        assertThat(count("delete", "pending")).isEqualTo(2);
        assertThat(count("archive", "retry")).isEqualTo(2);
        assertThat(count("run", "archived")).isEqualTo(2);
        assertThat(state(ids.get("aretry"))).isEqualTo(TaskState.PENDING);
        assertThat(count("delete", "completed")).isEqualTo(2);
        assertThat(count("delete", "pending")).isEqualTo(2);
        ids.forEach((name, id) -> assertThat(errand.tasks().find(id)).as(name).isEmpty());
        assertThat(errand.queues().counts(QUEUE)).isEmpty();
    }

    private int count(String action, String state) {
        JsonNode answer = ask("all", "action", action, "state", state);
        return answer.path("count").asInt(-1);
    }

    @Test
    void queuesAreListedInspectedCountedAndRemoved() {
        Map<String, TaskId> ids = inEveryState(List.of("a"));
        assertThat(ask("queues").path("queues").toString()).isEqualTo("[\"" + QUEUE + "\"]");
        JsonNode shown = ask("queue");
        STATES.keySet()
                .forEach(
                        state -> assertThat(shown.path(state).asInt()).as(state).isEqualTo(1));
        assertThat(shown.path("size").asInt()).isEqualTo(5);
        assertThat(ask("history").toString()).isEqualTo("{\"days\":2,\"failed\":2,\"processed\":3}");
        assertThat(ask("remove").path("error").asString("")).as("not empty").isNotEmpty();
        assertThat(ask("remove", "force", true).path("done").asBoolean()).isTrue();
        assertThat(ask("queues").path("queues").toString()).doesNotContain(QUEUE);
        ids.forEach((name, id) -> assertThat(errand.tasks().find(id)).as(name).isEmpty());
        try (Worker worker = worker()) {
            assertThat(worker.id()).isNotEmpty();
            Await.until("a removed queue comes back with its next tasks", () -> {
                TaskId next = errand.enqueue(TEXT, "ok").id();
                return errand.tasks().find(next).isPresent();
            });
            Await.until("they run", () -> errand.queues().counts(QUEUE).keySet().equals(Set.of(TaskState.COMPLETED)));
        }
        assertThat(ask("list", "state", "completed").path("ids").size()).isPositive();
    }

    @Test
    void groupsOfGoBesideTasksOfJava() {
        TaskId java = errand.enqueue(TEXT, "ok").id();
        for (String id : List.of("one", "two", "three")) {
            client.ask(Map.of("type", "text", "queue", QUEUE, "payload", "ok", "id", id, "group", "g"));
        }
        assertThat(ask("groups").toString()).isEqualTo("{\"groups\":{\"g\":3}}");
        assertThat(state(TaskId.of("one"))).isEqualTo(TaskState.WAITING);
        assertThat(ask("list", "state", "aggregating", "group", "g").path("ids").size())
                .isEqualTo(3);
        assertThat(ask("run", "id", "one").path("done").asBoolean()).isTrue();
        assertThat(state(TaskId.of("one"))).isEqualTo(TaskState.PENDING);
        assertThat(ask("all", "action", "archive", "state", "aggregating", "group", "g")
                        .path("count")
                        .asInt())
                .isEqualTo(2);
        assertThat(state(TaskId.of("two"))).isEqualTo(TaskState.DEAD);
        assertThat(state(java)).isEqualTo(TaskState.PENDING);
    }
}
