package dev.errand.cli;

import dev.errand.Events;
import dev.errand.broker.EventPattern;
import dev.errand.cli.text.Safe;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command {@code subscriptions create}. */
@Command(
        name = "create",
        description = {
            "Create a subscription, or add events to one. It gets what is published from now on.",
            "Workers that subscribe do this at their start; it is for those that cannot, such as a Go service that serves"
                    + " the queue sub:NAME on Redis."
        })
final class SubscriptionCreateCommand extends EventCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "the subscription")
    String name = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "EVENT",
            description = "events and patterns, such as order.placed, 'order.*' or '**'")
    List<String> patterns = List.of();

    @Override
    int run(Session session, Events events) {
        Set<EventPattern> wanted = new LinkedHashSet<>();
        patterns.forEach(text -> wanted.add(EventPattern.of(text)));
        events.subscribe(name, wanted);
        session.audit("subscription " + name + ": created with " + String.join(" ", patterns));
        events.find(name).ifPresent(made -> {
            if (session.out().isJson()) {
                session.out().item(json(made));
            } else {
                session.out().line(Safe.line(name + " gets " + String.join(" ", made.patterns())));
            }
        });
        return Exit.DONE;
    }
}
