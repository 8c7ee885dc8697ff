package dev.errand.cli;

import dev.errand.ScheduleInfo;
import dev.errand.Schedules;
import dev.errand.cli.text.Style;
import dev.errand.cli.text.Table;
import dev.errand.cli.text.Table.Cell;
import dev.errand.schedule.Definition;
import java.util.List;
import picocli.CommandLine.Command;

/** The command {@code schedules list}. */
@Command(name = "list", description = "List the schedules by name.")
final class ScheduleListCommand extends ScheduleCommand {
    @Override
    int run(Session session, Schedules schedules) {
        List<ScheduleInfo> all = schedules.list();
        if (session.out().isJson()) {
            all.forEach(schedule -> session.out().item(ScheduleText.json(schedule)));
            return Exit.DONE;
        }
        Table table = new Table("NAME", "TYPE", "QUEUE", "NEXT", "FROM", "RULE");
        for (ScheduleInfo schedule : all) {
            Definition definition = schedule.definition();
            String next = ScheduleText.due(schedule, session.now());
            table.row(
                    Cell.of(schedule.name()),
                    Cell.of(definition == null ? "?" : definition.task().type()),
                    Cell.of(definition == null ? "?" : definition.task().queue()),
                    Cell.of(next, next.startsWith("in ") ? Style.PLAIN : Style.YELLOW),
                    Cell.of(schedule.declared() ? "code" : "hand"),
                    Cell.of(ScheduleText.rule(schedule), definition == null ? Style.RED : Style.PLAIN));
        }
        session.out().table(table, "There is no schedule.");
        return Exit.DONE;
    }
}
