package dev.errand.cli;

import dev.errand.TaskState;
import dev.errand.broker.TaskFilter;
import dev.errand.cli.text.When;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which tasks are meant: options that several commands share. */
final class FilterOptions {
    @Option(names = "--queue", paramLabel = "QUEUE", description = "only of this queue")
    @Nullable
    String queue;

    @Option(names = "--type", paramLabel = "TYPE", description = "only of this task type")
    @Nullable
    String type;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "only enqueued at this time or later, such as 2026-11-23T10:00:00Z; 2h means 2 hours ago")
    @Nullable
    When since;

    @Option(names = "--until", paramLabel = "TIME", description = "only enqueued before this time")
    @Nullable
    When until;

    @Option(
            names = "--error",
            paramLabel = "TEXT",
            description = "only with this text in the reason or the last error (class: message)")
    @Nullable
    String error;

    /** Whether any of them is given. */
    boolean isAny() {
        return queue != null || type != null || since != null || until != null || error != null;
    }

    TaskFilter filter(Instant now, Set<TaskState> states) {
        TaskFilter filter = TaskFilter.ALL.in(states.toArray(TaskState[]::new));
        filter = queue == null ? filter : filter.inQueue(queue);
        filter = type == null ? filter : filter.ofType(type);
        filter = since == null ? filter : filter.createdFrom(since.past(now));
        filter = until == null ? filter : filter.createdBefore(until.past(now));
        return error == null ? filter : filter.errorContains(error);
    }
}
