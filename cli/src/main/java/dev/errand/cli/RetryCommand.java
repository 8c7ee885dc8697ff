package dev.errand.cli;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Capability;
import java.util.Optional;
import picocli.CommandLine.Command;

/** The command {@code retry}. */
@Command(
        name = "retry",
        description =
                "Try tasks again now: dead letters, with their attempts counted anew, and those that wait for a retry.",
        footer = {"", "Exit code 1 if one of them is in another state, or unknown."})
final class RetryCommand extends IdsCommand {
    @Override
    Answer act(Session session, TaskId id) {
        if (session.deadLetters().redrive(id)) {
            return Answer.done("redriven");
        }
        Optional<TaskInfo> task = find(session, id);
        if (task.isEmpty()) {
            return Answer.unknown(id);
        }
        TaskState state = task.get().state();
        if (state == TaskState.RETRY
                && session.store(Capability.RUN_NOW, "run a waiting task now").runNow(id)) {
            return Answer.done("ready");
        }
        return Answer.not(
                TaskText.lower(state),
                state == TaskState.SCHEDULED
                        ? "it has not been tried yet; ./errand run makes it ready now"
                        : "it is " + state + "; only DEAD and RETRY tasks can be tried again");
    }
}
