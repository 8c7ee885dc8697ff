package dev.errand.cli;

import dev.errand.Schedules;
import dev.errand.cli.text.Json;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code schedules next}. */
@Command(
        name = "next",
        description = "Print a schedule's next times, without jitter.",
        footer = {"", "Exit code 1 if there is no such schedule."})
final class ScheduleNextCommand extends ScheduleCommand {
    @Parameters(paramLabel = "NAME", description = "the schedule")
    String name = "";

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            description = "so many, 1 to 1000; ${DEFAULT-VALUE} by default")
    int count = 10;

    @Override
    int run(Session session, Schedules schedules) {
        if (schedules.find(name).isEmpty()) {
            throw Refusal.notDone(unknown(name));
        }
        for (Instant time : schedules.next(name, count)) {
            if (session.out().isJson()) {
                session.out().item(new Json().put("due", time));
            } else {
                session.out().line(time.toString());
            }
        }
        return Exit.DONE;
    }
}
