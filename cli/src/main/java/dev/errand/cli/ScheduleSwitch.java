package dev.errand.cli;

import dev.errand.Schedules;
import dev.errand.cli.text.Json;
import dev.errand.cli.text.Safe;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Doing the same to each of several schedules. */
abstract class ScheduleSwitch extends ScheduleCommand {
    @Parameters(paramLabel = "NAME", arity = "1..*", description = "schedules")
    List<String> names = List.of();

    /** Does it to one; empty if there is none. */
    abstract Optional<String> act(Schedules schedules, String name);

    @Override
    int run(Session session, Schedules schedules) {
        int exit = Exit.DONE;
        for (String name : names) {
            Optional<String> result = act(schedules, name);
            if (result.isPresent()) {
                session.audit("schedule " + name + ": " + result.get());
            } else {
                exit = Exit.NOT_DONE;
            }
            if (session.out().isJson()) {
                session.out()
                        .item(new Json()
                                .put("schedule", name)
                                .put("done", result.isPresent())
                                .put("result", result.orElse("unknown")));
            } else if (result.isPresent()) {
                session.out().line(Safe.line(name + " " + result.get()));
            } else {
                session.out().problem(unknown(name));
            }
        }
        return exit;
    }

    private static Optional<String> done(boolean done, String result) {
        return done ? Optional.of(result) : Optional.empty();
    }

    /** The command {@code schedules pause}. */
    @Command(
            name = "pause",
            description = "Hold schedules back until they are resumed. Tasks that they have enqueued run all the same.",
            footer = {"", "Exit code 1 if one of them is unknown."})
    static final class Pause extends ScheduleSwitch {
        @Override
        Optional<String> act(Schedules schedules, String name) {
            return done(schedules.pause(name), "paused");
        }
    }

    /** The command {@code schedules resume}. */
    @Command(
            name = "resume",
            description = "Let schedules go on; times that have passed meanwhile are left out.",
            footer = {"", "Exit code 1 if one of them is unknown."})
    static final class Resume extends ScheduleSwitch {
        @Override
        Optional<String> act(Schedules schedules, String name) {
            return done(schedules.resume(name), "resumed");
        }
    }

    /** The command {@code schedules run}. */
    @Command(
            name = "run",
            description =
                    "Enqueue a task of each schedule at once, whether it is paused, due, or its last task has ended.",
            footer = {"", "Exit code 1 if one of them is unknown."})
    static final class Run extends ScheduleSwitch {
        @Override
        Optional<String> act(Schedules schedules, String name) {
            return schedules.runNow(name).map(task -> "task " + task.id());
        }
    }

    /** The command {@code schedules delete}. */
    @Command(
            name = "delete",
            description = "Remove schedules with their histories. Tasks that they have enqueued stay.",
            footer = {"", "Exit code 1 if one of them is unknown."})
    static final class Delete extends ScheduleSwitch {
        @Override
        Optional<String> act(Schedules schedules, String name) {
            return done(schedules.delete(name), "deleted");
        }
    }
}
