package dev.errand.cli;

import dev.errand.broker.DeadLetters;
import dev.errand.broker.TaskFilter;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command {@code dead list}. */
@Command(
        name = "list",
        description = "List dead letters, newest first.",
        sortOptions = false,
        footer = {"", "Exit code 1 if nothing matches."})
final class DeadListCommand extends BrokerCommand {
    @Mixin
    FilterOptions filter = new FilterOptions();

    @Mixin
    ListOptions list = new ListOptions();

    @Override
    void check(World world) {
        list.check();
    }

    @Override
    int run(Session session) {
        DeadLetters letters = session.deadLetters();
        TaskFilter asked = filter.filter(session.now(), Set.of());
        long count =
                list.print(session, (cursor, limit) -> letters.list(asked, cursor, limit), "No dead letter matches.");
        return count == 0 ? Exit.NOT_DONE : Exit.DONE;
    }
}
