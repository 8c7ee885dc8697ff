package dev.errand.examples.orders.demo;

import java.io.PrintStream;
import java.util.Locale;

/** A line every second, and one for each piece of news: for logs, pipes and plain terminals. */
final class LineView implements View {
    private final PrintStream out;
    private long shown = -1;

    LineView(PrintStream out) {
        this.out = out;
    }

    @Override
    public void show(Picture picture) {
        for (Happenings.Happening happening : picture.happenings().news()) {
            if (happening.kind() == Happenings.Kind.NEWS || happening.kind() == Happenings.Kind.BAD) {
                out.println("         " + happening.text());
            }
        }
        long second = picture.elapsed().toSeconds();
        if (second == shown) {
            return;
        }
        shown = second;
        Ledger ledger = picture.ledger();
        out.printf(
                Locale.ROOT,
                "%4d s   orders %d (%.0f/s)   mails %d (%.0f/s)   dead letters %d   in stock %d, in sales %d   %s%n",
                second,
                ledger.orders(),
                ledger.placed.rate(),
                ledger.mails(),
                ledger.arrived.rate(),
                ledger.deadLetters(),
                picture.told().reserved(),
                picture.told().counted(),
                String.join(", ", picture.queue().words()));
    }

    @Override
    public void close() {
        out.flush();
    }
}
