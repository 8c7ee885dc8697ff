package dev.errand.cli;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.broker.Capability;
import dev.errand.broker.Payload;
import dev.errand.broker.TaskEdit;
import dev.errand.broker.TaskStore;
import dev.errand.cli.text.When;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code edit}. */
@Command(
        name = "edit",
        description = {
            "Change tasks that wait: scheduled, ready or to be retried. What is not named stays.",
            "What is changed counts as set for these tasks alone. A later --due postpones (snooze)."
        },
        sortOptions = false,
        footer = {"", "Exit code 1 if one of them runs, has ended or is unknown."})
final class EditCommand extends IdsCommand {
    @Option(
            names = "--payload",
            paramLabel = "PAYLOAD",
            description = "JSON text; - reads standard input, @FILE a file")
    @Nullable
    String payload;

    @Mixin
    PayloadSource source = new PayloadSource();

    @Option(names = "--queue", paramLabel = "QUEUE", description = "move it to the end of this queue")
    @Nullable
    String queue;

    @Option(names = "--priority", paramLabel = "N", description = "-100 to 100, higher ones first")
    @Nullable
    Integer priority;

    @Option(
            names = "--due",
            paramLabel = "TIME",
            description = "not before this time, or a span from now; a past one: ready now")
    @Nullable
    When due;

    @Option(names = "--max-attempts", paramLabel = "N", description = "so many counted attempts at most")
    @Nullable
    Integer maxAttempts;

    @Option(names = "--timeout", paramLabel = "SPAN", description = "of one attempt")
    @Nullable
    Duration timeout;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description = "do not run it after this time, or after a span from now")
    @Nullable
    When deadline;

    private byte @Nullable [] read;

    @Override
    void check(World world) {
        source.check();
        if (payload == null
                && queue == null
                && priority == null
                && due == null
                && maxAttempts == null
                && timeout == null
                && deadline == null) {
            throw Refusal.usage(
                    "say what to change: --payload, --queue, --priority, --due, --max-attempts, --timeout or --deadline");
        }
        if ("-".equals(payload) && ids.contains("-")) {
            throw Refusal.usage("ids and payload cannot both come from standard input; give one of them otherwise");
        }
        Ranges.check("--timeout", timeout, false);
    }

    @Override
    Answer act(Session session, TaskId id) {
        TaskStore store = session.store(Capability.EDIT, "change stored tasks");
        Optional<TaskInfo> task = store.find(id);
        if (task.isEmpty()) {
            return Answer.unknown(id);
        }
        return switch (store.edit(id, edit(session, task.get()))) {
            case EDITED -> Answer.done("edited");
            case NOT_WAITING ->
                Answer.not(
                        TaskText.lower(task.get().state()),
                        "it is " + task.get().state() + "; only a task that waits can be changed"
                                + (task.get().state() == dev.errand.TaskState.DEAD ? ": retry it first" : ""));
            case UNKNOWN -> Answer.unknown(id);
        };
    }

    private TaskEdit edit(Session session, TaskInfo task) {
        Instant now = session.now();
        Instant start = due == null ? null : due.ahead(now);
        Instant last = deadline == null ? null : deadline.ahead(now);
        Ranges.checkTimes(now, start, last);
        return new TaskEdit(
                payload(session, task.envelope().payload()), queue, priority, start, maxAttempts, timeout, last);
    }

    /** The bytes are read once, and are of each task's own content type and version. */
    private @Nullable Payload payload(Session session, Payload before) {
        if (payload == null) {
            return null;
        }
        if (read == null) {
            read = source.bytes(payload, session.world());
        }
        return source.payload(read, before);
    }
}
