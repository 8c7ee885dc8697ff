package dev.errand.cli;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Capability;
import java.util.Optional;
import picocli.CommandLine.Command;

/** The command {@code run}. */
@Command(
        name = "run",
        description = "Make tasks that are due later ready now: scheduled ones, and those that wait for a retry.",
        footer = {"", "Exit code 1 if one of them is in another state, or unknown."})
final class RunCommand extends IdsCommand {
    @Override
    Answer act(Session session, TaskId id) {
        if (session.store(Capability.RUN_NOW, "run a waiting task now").runNow(id)) {
            return Answer.done("ready");
        }
        Optional<TaskInfo> task = find(session, id);
        return task.map(found -> Answer.not(TaskText.lower(found.state()), remedy(found.state())))
                .orElseGet(() -> Answer.unknown(id));
    }

    private static String remedy(TaskState state) {
        return switch (state) {
            case PENDING -> "it is ready already; ./errand explain says why it does not run";
            case ACTIVE -> "it runs already";
            case DEAD -> "it is a dead letter; ./errand retry makes it ready again";
            default -> "it is " + state + "; only SCHEDULED and RETRY tasks can be made ready";
        };
    }
}
