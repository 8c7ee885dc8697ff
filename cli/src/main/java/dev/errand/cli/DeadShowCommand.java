package dev.errand.cli;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command {@code dead show}. */
@Command(
        name = "show",
        description = "Show dead letters with their payloads, errors and stack traces.",
        footer = {"", "Exit code 1 if one of them is no dead letter."})
final class DeadShowCommand extends BrokerCommand {
    @Parameters(paramLabel = "ID", arity = "1..*", description = "dead letters; - reads ids from standard input")
    List<String> ids = List.of();

    @Override
    int run(Session session) throws IOException {
        int exit = Exit.DONE;
        for (TaskId id : Ids.read(ids, session.world())) {
            Optional<TaskInfo> letter = session.deadLetters().show(id);
            if (letter.isEmpty()) {
                session.out()
                        .problem("there is no dead letter " + id + "; ./errand explain " + id
                                + " says what became of it");
                exit = Exit.NOT_DONE;
            } else if (session.out().isJson()) {
                session.out().item(TaskText.whole(letter.get()));
            } else {
                new TaskPage(session, true).print(letter.get());
            }
        }
        return exit;
    }
}
