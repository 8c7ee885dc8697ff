package dev.errand.cli;

import dev.errand.TaskState;
import dev.errand.broker.Capability;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.TaskStore;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code tasks}. */
@Command(
        name = "tasks",
        description = "List tasks, newest first.",
        sortOptions = false,
        footer = {"", "Exit code 1 if nothing matches."})
final class TasksCommand extends BrokerCommand {
    @Option(
            names = "--state",
            paramLabel = "STATE",
            split = ",",
            description = "only in these states: ${COMPLETION-CANDIDATES}")
    List<TaskState> states = List.of();

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
        TaskStore store = session.store(Capability.LIST, "list tasks");
        Set<TaskState> wanted = states.isEmpty() ? Set.of() : EnumSet.copyOf(states);
        TaskFilter asked = filter.filter(session.now(), wanted);
        long count = list.print(session, (cursor, limit) -> store.list(asked, cursor, limit), "No task matches.");
        return count == 0 ? Exit.NOT_DONE : Exit.DONE;
    }
}
