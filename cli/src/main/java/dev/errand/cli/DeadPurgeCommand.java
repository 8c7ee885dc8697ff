package dev.errand.cli;

import dev.errand.TaskId;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.TaskFilter;
import picocli.CommandLine.Command;

/** The command {@code dead purge}. */
@Command(
        name = "purge",
        description = "Delete dead letters; nothing is left of them.",
        sortOptions = false,
        footer = {"", "Exit code 1 if nothing matches, one of the ids is no dead letter, or the answer was no."})
final class DeadPurgeCommand extends DeadBulk {
    @Override
    boolean one(DeadLetters letters, TaskId id) {
        return letters.delete(id);
    }

    @Override
    int many(DeadLetters letters, TaskFilter which, int max) {
        return letters.purge(which, max);
    }

    @Override
    String done() {
        return "purged";
    }
}
