package dev.errand.cli;

import dev.errand.broker.QueueControl;
import picocli.CommandLine.Command;

/** The command {@code resume}. */
@Command(
        name = "resume",
        description = "Let paused queues go on.",
        footer = {"", "A queue that was not paused stays so, with exit code 0."})
final class ResumeCommand extends QueueSwitch {
    @Override
    String act(QueueControl control, String queue) {
        return control.resume(queue) ? "resumed" : "not paused";
    }
}
