package dev.errand.cli;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.broker.Capability;
import dev.errand.broker.TaskRecords;
import dev.errand.cli.text.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code task}. */
@Command(
        name = "task",
        description = "Show all of a task: payload, policy, attempts, errors, progress, steps, log.",
        footer = {"", "Exit code 1 if there is no such task."})
final class TaskCommand extends BrokerCommand {
    @Parameters(paramLabel = "ID", arity = "1..*", description = "tasks; - reads ids from standard input")
    List<String> ids = List.of();

    @Option(names = "--stacks", description = "the errors' stack traces, too")
    boolean stacks;

    @Option(names = "--raw", description = "write the payload's bytes as they are, and nothing else")
    boolean raw;

    @Option(names = "--result", description = "with --raw: the result's bytes instead")
    boolean result;

    @Override
    void check(World world) {
        if (result && !raw) {
            throw Refusal.usage("--result goes with --raw; without it the result is shown with the task");
        }
    }

    @Override
    int run(Session session) throws IOException {
        int exit = Exit.DONE;
        List<TaskId> all = Ids.read(ids, session.world());
        if (raw && all.size() != 1) {
            throw Refusal.usage("--raw writes the bytes of one task; give one id");
        }
        for (TaskId id : all) {
            Optional<TaskInfo> task =
                    session.store(Capability.FIND, "find single tasks").find(id);
            if (task.isEmpty()) {
                session.out()
                        .problem("there is no task " + id + "; ./errand explain " + id + " says what that can mean");
                exit = Exit.NOT_DONE;
            } else if (raw) {
                writeRaw(session, task.get());
            } else if (session.out().isJson()) {
                session.out().item(json(session, task.get()));
            } else {
                new TaskPage(session, stacks).print(task.get());
            }
        }
        return exit;
    }

    private void writeRaw(Session session, TaskInfo task) {
        var payload = result ? task.result() : task.envelope().payload();
        if (payload == null) {
            throw Refusal.notDone(
                    "task " + task.id() + " has no result; only a completed task of a type with a result has one");
        }
        session.world().out().write(payload.bytes(), 0, payload.bytes().length);
    }

    private static Json json(Session session, TaskInfo task) {
        Json json = TaskText.whole(task);
        session.maybe(TaskRecords.class, Capability.PROGRESS)
                .flatMap(records -> records.progress(task.id()))
                .ifPresent(progress -> json.put(
                        "progress",
                        new Json()
                                .put("fraction", progress.fraction())
                                .put("text", progress.text())
                                .put("at", progress.at())));
        session.maybe(TaskRecords.class, Capability.STEPS).ifPresent(records -> {
            Map<String, @Nullable Object> steps = new LinkedHashMap<>();
            new TreeMap<>(records.steps(task.id())).forEach((name, step) -> steps.put(name, TaskText.json(step)));
            json.put("steps", steps);
        });
        session.maybe(TaskRecords.class, Capability.TASK_LOG).ifPresent(records -> {
            List<Json> lines = new ArrayList<>();
            records.log(task.id())
                    .forEach(line -> lines.add(new Json()
                            .put("at", line.at())
                            .put("attempt", line.attempt())
                            .put("text", line.text())));
            json.put("log", lines);
        });
        return json;
    }
}
