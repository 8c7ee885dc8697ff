package dev.errand.cli;

import dev.errand.Defaults;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.broker.Capability;
import dev.errand.broker.TaskStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code cancel}. */
@Command(
        name = "cancel",
        description = {
            "Call tasks off. One that waits is cancelled at once; one that runs is interrupted, and ends when its handler does.",
            "Who did it is kept as the reason."
        },
        footer = {"", "Exit code 1 if one of them has ended before, or is unknown."})
final class CancelCommand extends IdsCommand {
    @Option(names = "--reason", paramLabel = "TEXT", description = "kept with the tasks")
    @Nullable
    String reason;

    @Override
    Answer act(Session session, TaskId id) {
        session.store(Capability.CANCEL_ACTIVE, "cancel running tasks");
        TaskStore store = session.store(Capability.CANCEL_WAITING, "cancel tasks");
        Duration own = store.find(id)
                .map(TaskInfo::envelope)
                .map(envelope -> envelope.policy().retention())
                .orElse(Duration.ZERO);
        Duration kept = own.compareTo(Defaults.CANCELLED_RETENTION) > 0 ? own : Defaults.CANCELLED_RETENTION;
        String by = "cancelled by " + session.world().who() + (reason == null ? "" : ": " + reason);
        return switch (store.cancel(id, by, kept)) {
            case CANCELLED -> Answer.done("cancelled");
            case REQUESTED -> Answer.done("requested");
            case ENDED -> Answer.not("ended", "it has ended already; ./errand task " + id + " shows how");
            case UNKNOWN -> Answer.unknown(id);
        };
    }
}
