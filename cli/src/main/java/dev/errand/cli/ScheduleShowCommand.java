package dev.errand.cli;

import dev.errand.ScheduleInfo;
import dev.errand.Schedules;
import dev.errand.broker.ScheduleStore;
import dev.errand.cli.text.JsonText;
import dev.errand.cli.text.Safe;
import dev.errand.cli.text.Spans;
import dev.errand.cli.text.Style;
import dev.errand.cli.text.Width;
import dev.errand.schedule.Definition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command {@code schedules show}. */
@Command(
        name = "show",
        description = "Show a schedule: rule, task, next times, and what became of the last ones.",
        footer = {"", "Exit code 1 if there is no such schedule."})
final class ScheduleShowCommand extends ScheduleCommand {
    private static final int NEXT = 5;
    private static final int RUNS = 10;
    private static final int NAMES = 12;

    @Parameters(paramLabel = "NAME", description = "the schedule")
    String name = "";

    @Override
    int run(Session session, Schedules schedules) {
        Optional<ScheduleInfo> found = schedules.find(name);
        if (found.isEmpty()) {
            throw Refusal.notDone(unknown(name));
        }
        ScheduleInfo schedule = found.get();
        List<Instant> next = schedules.next(name, NEXT);
        List<ScheduleStore.Run> runs = schedules.runs(name, RUNS);
        Output out = session.out();
        if (out.isJson()) {
            out.item(ScheduleText.json(schedule)
                    .put("payload", TaskText.json(schedule.payload()))
                    .put("next", next)
                    .put("runs", runs.stream().map(ScheduleText::json).toList()));
            return Exit.DONE;
        }
        out.line(out.paint(Style.BOLD, Safe.line("Schedule " + schedule.name())));
        field(out, "rule", ScheduleText.rule(schedule));
        Definition definition = schedule.definition();
        if (definition != null) {
            field(
                    out,
                    "task",
                    definition.task().type() + " in the queue "
                            + definition.task().queue());
            field(
                    out,
                    "overlap",
                    TaskText.lower(definition.overlap()) + ", missed " + ScheduleText.missed(definition.missed())
                            + (definition.jitter().isZero() ? "" : ", jitter " + Spans.show(definition.jitter())));
        }
        field(out, "next", ScheduleText.due(schedule, session.now()));
        field(
                out,
                "comes from",
                schedule.declared() ? "code, last declared at " + schedule.seen() : "a call or a command");
        if (schedule.lastTask() != null) {
            field(out, "last task", schedule.lastTask().value());
        }
        next.forEach(time -> field(out, "due", time.toString()));
        runs.forEach(run -> field(
                out,
                "run",
                run.due() + " " + TaskText.lower(run.result()) + (run.task() == null ? "" : ", task " + run.task())));
        new JsonText()
                .pretty(schedule.payload().bytes())
                .ifPresentOrElse(
                        text -> {
                            field(out, "payload", schedule.payload().toString());
                            text.lines().forEach(line -> out.line("    " + line));
                        },
                        () -> field(out, "payload", schedule.payload().toString()));
        return Exit.DONE;
    }

    private static void field(Output out, String what, String value) {
        out.line("  " + out.paint(Style.DIM, Width.pad(what, NAMES, false)) + Safe.line(value));
    }
}
