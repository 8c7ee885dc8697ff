package dev.errand.examples.orders.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One screenful that is redrawn in its place, on the terminal's other screen, so that the first one is as it was afterwards. */
final class Screen implements View {
    private static final String OTHER_SCREEN = "\033[?1049h\033[?25l";
    private static final String FIRST_SCREEN = "\033[?25h\033[?1049l";
    private static final int SPARKS = 30;
    private static final String SPARK = " ▁▂▃▄▅▆▇█";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final PrintStream out;
    private final boolean colours = System.getenv("NO_COLOR") == null;
    private final List<String> lines = new ArrayList<>();
    private Terminal.Size size = Terminal.Size.USUAL;
    private int pictures;
    private boolean closed;

    Screen(PrintStream out) {
        this.out = out;
        out.print(OTHER_SCREEN);
    }

    @Override
    public void show(Picture picture) {
        if (pictures++ % 10 == 0) {
            size = Terminal.size();
        }
        lines.clear();
        header(picture);
        orders(picture.ledger());
        queue(picture);
        processes(picture);
        happenings(picture);
        draw();
    }

    private void header(Picture picture) {
        lines.add(" " + bold("Errand: orders and their e-mails") + "   " + clock(picture.elapsed()) + "   on "
                + picture.broker());
        lines.add("");
    }

    private static String clock(Duration time) {
        return String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
    }

    private void orders(Ledger ledger) {
        lines.add(flow("orders placed", ledger.orders(), ledger.placed, ""));
        lines.add(flow("mails arrived", ledger.mails(), ledger.arrived, "32"));
        lines.add(number("after a retry", ledger.retried(), ledger.retried() > 0 ? "33" : "")
                + note("the mail server had refused them for now"));
        lines.add(number("dead letters", ledger.deadLetters(), ledger.deadLetters() > 0 ? "31" : "")
                + note("addresses that do not exist: never retried"));
        lines.add(number("sent twice", ledger.duplicates(), ledger.duplicates() > 0 ? "33" : "")
                + note("their sender died before it could say so"));
        lines.add("");
    }

    private String flow(String name, long count, Pace pace, String colour) {
        return number(name, count, colour)
                + String.format(Locale.ROOT, "  %4.0f/s  ", pace.rate())
                + paint(sparks(pace.last(SPARKS)), colour.isEmpty() ? "36" : colour);
    }

    private String number(String name, long count, String colour) {
        return String.format(Locale.ROOT, "   %-14s", name)
                + paint(String.format(Locale.ROOT, "%,8d", count), "1;" + colour);
    }

    private String note(String text) {
        return "  " + paint(text, "2");
    }

    private static String sparks(int[] counts) {
        int max = 1;
        for (int count : counts) {
            max = Math.max(max, count);
        }
        StringBuilder line = new StringBuilder();
        for (int count : counts) {
            line.append(SPARK.charAt(count == 0 ? 0 : 1 + count * 7 / max));
        }
        return line.toString();
    }

    private void queue(Picture picture) {
        lines.add("   on the broker  " + String.join(" · ", picture.queue().words()));
        lines.add("");
    }

    private void processes(Picture picture) {
        lines.add(process("order service", picture.ordersProcess(), "", ""));
        lines.add(process(
                "mail service",
                picture.mailProcess(),
                picture.kills() == 0 ? "" : ", killed " + times(picture.kills()),
                "31"));
        lines.add(process(
                "stock service",
                picture.stockProcess(),
                String.format(
                        Locale.ROOT,
                        ", %,d orders reserved, %,d counted",
                        picture.told().reserved(),
                        picture.told().counted()),
                "36"));
        Duration refusing = picture.refusing();
        lines.add("   mail server    "
                + (refusing.isPositive()
                        ? paint(
                                String.format(
                                        Locale.ROOT,
                                        "refuses everything for %.0f s",
                                        Math.ceil(refusing.toMillis() / 1000.0)),
                                "33")
                        : "takes mail"));
        lines.add("");
    }

    private static String times(int count) {
        return count == 1 ? "once" : count + " times";
    }

    private String process(String name, Picture.Seen seen, String more, String colour) {
        String start = String.format(Locale.ROOT, "   %-14s process %d, ", name, seen.pid());
        return seen.ready()
                ? start + "up for " + clock(seen.age()) + paint(more, colour) + "   " + seen.where()
                : start + paint("starting", "33") + paint(more, colour);
    }

    private void happenings(Picture picture) {
        int room = Math.max(0, size.rows() - lines.size() - 2);
        for (Happenings.Happening happening : picture.last(Math.min(room, 14))) {
            String colour = switch (happening.kind()) {
                case GOOD -> "32";
                case AGAIN -> "33";
                case BAD -> "31";
                case NEWS -> "1;35";
            };
            lines.add("   " + paint(TIME.format(happening.at()), "2") + "  " + paint(happening.text(), colour));
        }
        while (lines.size() < size.rows() - 1) {
            lines.add("");
        }
        lines.add(paint("   Ctrl-C stops", "2"));
    }

    private void draw() {
        StringBuilder text = new StringBuilder("\033[H");
        for (int i = 0; i < Math.min(lines.size(), size.rows()); i++) {
            text.append(i == 0 ? "" : "\r\n").append(cut(lines.get(i))).append("\033[K");
        }
        out.print(text.append("\033[J"));
        out.flush();
    }

    /** To the terminal's width; what sets colours has none. */
    private String cut(String line) {
        StringBuilder kept = new StringBuilder();
        int width = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\033') {
                int end = line.indexOf('m', i);
                kept.append(line, i, end + 1);
                i = end;
            } else if (width < size.columns() - 1) {
                kept.append(c);
                width++;
            }
        }
        return kept.toString();
    }

    private String bold(String text) {
        return paint(text, "1");
    }

    private String paint(String text, String colour) {
        return colours && !text.isEmpty() && !colour.isEmpty() ? "\033[" + colour + "m" + text + "\033[0m" : text;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            out.print(FIRST_SCREEN);
            out.flush();
        }
    }
}
