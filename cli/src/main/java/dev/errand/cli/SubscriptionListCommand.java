package dev.errand.cli;

import dev.errand.Events;
import picocli.CommandLine.Command;

/** The command {@code subscriptions list}. */
@Command(
        name = "list",
        description = "List the subscriptions by name: tasks that are ready, workers that serve it, what it gets.")
final class SubscriptionListCommand extends EventCommand {
    @Override
    int run(Session session, Events events) {
        show(session, events.subscriptions(), "There is no subscription.");
        return Exit.DONE;
    }
}
