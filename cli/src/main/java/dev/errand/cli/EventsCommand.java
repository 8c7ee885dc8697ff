package dev.errand.cli;

import dev.errand.Events;
import dev.errand.SubscriptionInfo;
import dev.errand.cli.text.Json;
import dev.errand.cli.text.Table;
import dev.errand.cli.text.Table.Cell;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command {@code events}. */
@Command(
        name = "events",
        description = "Show which events and patterns are subscribed to, and by whom; or who gets one event.",
        footer = {"", "Exit code 1 if nobody gets the event that is named."})
final class EventsCommand extends EventCommand {
    @Parameters(paramLabel = "EVENT", arity = "0..1", description = "the name of one event, such as order.placed")
    @Nullable
    String event;

    @Override
    int run(Session session, Events events) {
        if (event != null) {
            List<SubscriptionInfo> receivers = events.receivers(event);
            if (receivers.isEmpty()) {
                session.out().problem("nobody gets " + event + "; ./errand events shows what is subscribed to");
                return Exit.NOT_DONE;
            }
            show(session, receivers, "");
            return Exit.DONE;
        }
        Map<String, TreeSet<String>> byPattern = new TreeMap<>();
        for (SubscriptionInfo each : events.subscriptions()) {
            each.patterns()
                    .forEach(pattern -> byPattern
                            .computeIfAbsent(pattern, p -> new TreeSet<>())
                            .add(each.name()));
        }
        Table table = new Table("EVENTS", "SUBSCRIPTIONS");
        byPattern.forEach((pattern, names) -> {
            if (session.out().isJson()) {
                session.out().item(new Json().put("events", pattern).put("subscriptions", names));
            }
            table.row(Cell.of(pattern), Cell.of(String.join(" ", names)));
        });
        if (!session.out().isJson()) {
            session.out().table(table, "Nobody subscribes to any event.");
        }
        return Exit.DONE;
    }
}
