package dev.errand.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code schedules}. */
@Command(
        name = "schedules",
        description = "List schedules; show, create, edit, pause, resume, run or delete them; tell their next times.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ScheduleListCommand.class,
            ScheduleShowCommand.class,
            ScheduleCreateCommand.class,
            ScheduleEditCommand.class,
            ScheduleSwitch.Pause.class,
            ScheduleSwitch.Resume.class,
            ScheduleSwitch.Run.class,
            ScheduleSwitch.Delete.class,
            ScheduleNextCommand.class
        })
final class SchedulesCommand implements Runnable {
    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                Objects.requireNonNull(spec).commandLine(),
                "say what to do: schedules list, show, create, edit, pause, resume, run, delete or next");
    }
}
