package dev.errand.examples.orders.demo;

import java.util.Locale;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What is said at the end of a run. */
final class Summary {
    private Summary() {}

    /** For people. */
    static String text(DemoRun.Result result) {
        Tally tally = result.tally();
        String text = String.format(
                Locale.ROOT,
                """
                %,d orders in %.1f s
                  %,7d  mails have arrived, %,d of them after a retry%s
                  %,7d  dead letters: their addresses do not exist
                  %,7d  still on the broker
                  %,7d  lost
                  %,7d  reserved by the stock service, and counted in its sales""",
                tally.orders(),
                result.seconds(),
                tally.mails(),
                tally.retried(),
                tally.duplicates() == 0 ? "" : ", and " + tally.duplicates() + " a second time",
                tally.dead(),
                tally.waiting(),
                tally.lost(),
                result.told());
        if (tally.unknown() > 0) {
            text += String.format(
                    Locale.ROOT,
                    "%n  %,7d  without an end: whether they are on their way, this broker cannot say",
                    tally.unknown());
        }
        return result.kills() == 0
                ? text
                : text + "\nThe mail process was killed " + (result.kills() == 1 ? "once" : result.kills() + " times")
                        + " on the way.";
    }

    /** For programs: one line. */
    static String json(DemoRun.Result result) {
        Tally tally = result.tally();
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("orders", tally.orders())
                .put("mails", tally.mails())
                .put("duplicates", tally.duplicates())
                .put("retried", tally.retried())
                .put("dead", tally.dead())
                .put("waiting", tally.waiting())
                .put("lost", tally.lost())
                .put("told", result.told())
                .put("kills", result.kills())
                .put("seconds", Math.round(result.seconds() * 10) / 10.0);
        if (tally.unknown() > 0) {
            json.put("unknown", tally.unknown());
        }
        return json.toString();
    }
}
