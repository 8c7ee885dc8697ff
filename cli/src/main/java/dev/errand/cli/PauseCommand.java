package dev.errand.cli;

import dev.errand.broker.QueueControl;
import picocli.CommandLine.Command;

/** The command {@code pause}. */
@Command(
        name = "pause",
        description =
                "Hold queues back: no worker takes their tasks any more. What runs goes on; enqueueing does, too.",
        footer = {"", "A queue that was paused before stays so, with exit code 0."})
final class PauseCommand extends QueueSwitch {
    @Override
    String act(QueueControl control, String queue) {
        return control.pause(queue) ? "paused" : "paused before";
    }
}
