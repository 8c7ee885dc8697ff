package dev.errand.cli;

import dev.errand.TaskId;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.TaskFilter;
import picocli.CommandLine.Command;

/** The command {@code dead redrive}. */
@Command(
        name = "redrive",
        description =
                "Make dead letters ready again: attempts and crashes from zero, errors kept, a past deadline cleared.",
        sortOptions = false,
        footer = {"", "Exit code 1 if nothing matches, one of the ids is no dead letter, or the answer was no."})
final class DeadRedriveCommand extends DeadBulk {
    @Override
    boolean one(DeadLetters letters, TaskId id) {
        return letters.redrive(id);
    }

    @Override
    int many(DeadLetters letters, TaskFilter which, int max) {
        return letters.redriveAll(which, max);
    }

    @Override
    String done() {
        return "redriven";
    }
}
