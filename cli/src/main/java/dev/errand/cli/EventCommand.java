package dev.errand.cli;

import dev.errand.Errand;
import dev.errand.Events;
import dev.errand.SubscriptionInfo;
import dev.errand.cli.text.Json;
import dev.errand.cli.text.Spans;
import dev.errand.cli.text.Style;
import dev.errand.cli.text.Table;
import dev.errand.cli.text.Table.Cell;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A command that works on subscriptions. */
abstract class EventCommand extends BrokerCommand {
    /** Does the work; answers the exit code. */
    abstract int run(Session session, Events events);

    @Override
    final int run(Session session) {
        World world = session.world();
        try (Errand errand = Errand.over(
                session.broker(),
                settings ->
                        settings.codec(new RawJson.Codec()).time(world.time()).random(world.random()))) {
            return run(session, errand.events());
        }
    }

    static void show(Session session, List<SubscriptionInfo> all, String none) {
        if (session.out().isJson()) {
            all.forEach(each -> session.out().item(json(each)));
            return;
        }
        Table table = new Table("SUBSCRIPTION", ">READY", ">WORKERS", "LAST SEEN", "EVENTS");
        for (SubscriptionInfo each : all) {
            Integer workers = each.workers();
            boolean unserved = workers != null && workers == 0;
            table.row(
                    Cell.of(each.name()),
                    Cell.of(each.depth()),
                    Cell.of(
                            workers == null ? "?" : workers.toString(),
                            unserved && each.depth() > 0 ? Style.RED : Style.PLAIN),
                    Cell.of(seen(each, session.now()), unserved ? Style.YELLOW : Style.PLAIN),
                    Cell.of(each.patterns().isEmpty() ? "nothing" : String.join(" ", each.patterns())));
        }
        session.out().table(table, none);
    }

    private static String seen(SubscriptionInfo subscription, Instant now) {
        Integer workers = subscription.workers();
        Instant seen = subscription.seen();
        if (workers != null && workers > 0) {
            return "now";
        }
        return seen == null ? "?" : Spans.show(Duration.between(seen, now)) + " ago";
    }

    static Json json(SubscriptionInfo subscription) {
        return new Json()
                .put("subscription", subscription.name())
                .put("events", subscription.patterns())
                .put("queue", subscription.queue())
                .put("depth", subscription.depth())
                .put("workers", subscription.workers())
                .put("created", subscription.created())
                .put("seen", subscription.seen());
    }

    static String unknown(String name) {
        return "there is no subscription " + name + "; ./errand subscriptions list shows those there are";
    }
}
