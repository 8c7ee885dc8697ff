package dev.errand.cli;

import dev.errand.TaskId;
import dev.errand.broker.Capability;
import picocli.CommandLine.Command;

/** The command {@code delete}. */
@Command(
        name = "delete",
        description =
                "Delete tasks that do not run, in whatever state; nothing is left of them. Frees their unique keys.",
        footer = {"", "Exit code 1 if one of them runs, or is unknown."})
final class DeleteCommand extends IdsCommand {
    @Override
    Answer act(Session session, TaskId id) {
        if (session.store(Capability.FIND, "delete single tasks").delete(id)) {
            return Answer.done("deleted");
        }
        return find(session, id).isPresent()
                ? Answer.not("active", "it runs; cancel it first, then delete it")
                : Answer.unknown(id);
    }
}
