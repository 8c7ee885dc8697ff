package dev.errand.cli;

import dev.errand.TaskInfo;
import dev.errand.cli.text.Safe;
import dev.errand.cli.text.Table;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How many tasks a list shows, and from where. */
final class ListOptions {
    @Option(names = "--limit", paramLabel = "N", description = "at most so many; ${DEFAULT-VALUE} by default")
    long limit = 50;

    @Option(names = "--all", description = "without a limit")
    boolean all;

    @Option(
            names = "--cursor",
            paramLabel = "CURSOR",
            description = "go on where an earlier list ended; it said so on standard error")
    @Nullable
    String cursor;

    @Option(names = "--ids", description = "ids alone, one a line, as other commands read them with -")
    boolean idsOnly;

    void check() {
        if (limit < 1) {
            throw Refusal.usage("--limit " + limit + " is out of range; give at least 1");
        }
    }

    /** Prints what the pages hold; answers how many. */
    long print(Session session, Pages.Source source, String none) {
        Output out = session.out();
        Instant now = session.now();
        // Cells alone: the payloads of many tasks would not fit into memory.
        Table rows = TaskText.table();
        boolean streams = out.isJson() || idsOnly;
        long most = all ? Long.MAX_VALUE : limit;
        Pages.End end = Pages.read(source, Optional.ofNullable(cursor), most, page -> {
            if (!streams) {
                page.forEach(task -> TaskText.row(rows, task, now));
                return;
            }
            for (TaskInfo task : page) {
                if (idsOnly) {
                    out.line(Safe.line(task.id().value()));
                } else {
                    out.item(TaskText.json(task));
                }
            }
        });
        if (!streams) {
            out.table(rows, none);
        }
        end.next().ifPresent(next -> out.note("There are more: --cursor " + next + " goes on, --all shows all."));
        return end.count();
    }
}
