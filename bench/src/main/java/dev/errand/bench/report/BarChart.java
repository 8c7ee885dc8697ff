package dev.errand.bench.report;

import java.util.List;
import java.util.Locale;

/**
 * Horizontal bars in groups, as SVG.
 *
 * @param logarithmic whether each step of the scale is ten times the one before; for values far apart
 */
record BarChart(String title, boolean logarithmic, List<Group> groups) {
    private static final int WIDTH = 760;
    private static final int LEFT = 150;
    private static final int RIGHT = 90;
    private static final int TOP = 44;
    private static final int BAR = 14;
    private static final int GAP = 12;
    private static final double LEAST = 0.001;
    private static final List<String> COLOURS = List.of("#1f6f8b", "#b0b7bd", "#d08c60");

    /** Bars that belong together. */
    record Group(String label, List<Bar> bars) {}

    /** One bar; the value is 0 or more. */
    record Bar(String series, double value) {}

    String svg() {
        int height =
                TOP + groups.stream().mapToInt(g -> g.bars().size() * BAR + GAP).sum();
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$d\" height=\"%2$d\" viewBox=\"0 0 %1$d %2$d\""
                        + " font-family=\"sans-serif\" font-size=\"11\">%n<rect width=\"%1$d\" height=\"%2$d\" fill=\"#fff\"/>%n"
                        + "<text x=\"10\" y=\"20\" font-size=\"14\">%3$s</text>%n",
                WIDTH,
                height,
                escape(title + (logarithmic ? " (logarithmic)" : ""))));
        legend(svg);
        int y = TOP;
        for (Group group : groups) {
            int middle = y + group.bars().size() * BAR / 2 + 4;
            svg.append("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n"
                    .formatted(LEFT - 8, middle, escape(group.label())));
            for (int i = 0; i < group.bars().size(); i++) {
                bar(svg, group.bars().get(i), i, y);
                y += BAR;
            }
            y += GAP;
        }
        return svg.append("</svg>\n").toString();
    }

    private void legend(StringBuilder svg) {
        List<Bar> bars = groups.isEmpty() ? List.of() : groups.getFirst().bars();
        int x = LEFT;
        for (int i = 0; i < bars.size(); i++) {
            svg.append(
                    "<rect x=\"%d\" y=\"28\" width=\"9\" height=\"9\" fill=\"%s\"/><text x=\"%d\" y=\"37\">%s</text>%n"
                            .formatted(x, colour(i), x + 13, escape(bars.get(i).series())));
            x += 70;
        }
    }

    private void bar(StringBuilder svg, Bar bar, int index, int y) {
        double length = Math.max(1, share(bar.value()) * (WIDTH - LEFT - RIGHT));
        String value = logarithmic ? Numbers.millis(bar.value()) : Numbers.rate(bar.value());
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/><text x=\"%.1f\" y=\"%d\">%s</text>%n",
                LEFT,
                y,
                length,
                BAR - 2,
                colour(index),
                LEFT + length + 5,
                y + BAR - 4,
                value));
    }

    private double share(double value) {
        double most = groups.stream()
                .flatMap(g -> g.bars().stream())
                .mapToDouble(Bar::value)
                .max()
                .orElse(1);
        if (!logarithmic) {
            return most > 0 ? value / most : 0;
        }
        double decades = Math.log10(Math.max(most, 10 * LEAST) / LEAST);
        return Math.log10(Math.max(value, LEAST) / LEAST) / decades;
    }

    private static String colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
