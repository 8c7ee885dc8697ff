package dev.errand.bench.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/** The figures of a run as rows of text: for a terminal, and for a page. */
public final class Table {
    private static final List<String> HEAD =
            List.of("workload", "n", "ours/s", "bare/s", "ratio", "p50 ms", "p99 ms", "max ms", "lost", "twice");

    private Table() {}

    /** With aligned columns, and the notes below. */
    public static String plain(List<Figures> all) {
        List<List<String>> rows = rows(all);
        List<Integer> widths = new ArrayList<>();
        for (int column = 0; column < rows.getFirst().size(); column++) {
            int c = column;
            widths.add(rows.stream().mapToInt(row -> row.get(c).length()).max().orElse(0));
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String padding = " ".repeat(widths.get(column) - row.get(column).length());
                line.append(column == 0 ? row.get(column) + padding : "  " + padding + row.get(column));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        notes(all).forEach(note -> text.append("  ").append(note).append('\n'));
        return text.toString();
    }

    /** As Markdown, with the notes below as a list. */
    public static String markdown(List<Figures> all) {
        StringBuilder text = new StringBuilder();
        List<List<String>> rows = rows(all);
        for (int i = 0; i < rows.size(); i++) {
            text.append("| ").append(String.join(" | ", rows.get(i))).append(" |\n");
            if (i == 0) {
                text.append("| --- |")
                        .append(" ---: |".repeat(rows.getFirst().size() - 1))
                        .append('\n');
            }
        }
        List<String> notes = notes(all);
        if (!notes.isEmpty()) {
            text.append('\n');
            notes.forEach(note -> text.append("- ").append(note).append('\n'));
        }
        return text.toString();
    }

    /** The head and a row for each; without the columns that say nothing about any. */
    private static List<List<String>> rows(List<Figures> all) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        all.forEach(figures -> rows.add(row(figures)));
        List<Integer> used = IntStream.range(0, HEAD.size())
                .filter(column ->
                        rows.stream().skip(1).anyMatch(row -> !row.get(column).isEmpty()))
                .boxed()
                .toList();
        return rows.stream().map(row -> used.stream().map(row::get).toList()).toList();
    }

    private static List<String> row(Figures f) {
        List<String> row = new ArrayList<>(List.of(
                f.label(),
                f.n() == 0 ? "" : Numbers.count(f.n()),
                text(f.rate(), Numbers::rate),
                text(f.bareRate(), Numbers::rate),
                text(f.ratio(), Numbers::ratio)));
        row.addAll(f.times()
                .map(t -> List.of(Numbers.millis(t.p50()), Numbers.millis(t.p99()), Numbers.millis(t.max())))
                .orElse(Collections.nCopies(3, "")));
        row.add(f.lost().isPresent() ? Numbers.count(f.lost().getAsLong()) : "");
        row.add(f.duplicates().isPresent() ? Numbers.count(f.duplicates().getAsLong()) : "");
        return row;
    }

    private static String text(OptionalDouble value, DoubleFunction<String> format) {
        return value.isPresent() ? format.apply(value.getAsDouble()) : "";
    }

    private static List<String> notes(List<Figures> all) {
        List<String> notes = new ArrayList<>();
        all.forEach(f -> f.notes().forEach(note -> notes.add(f.workload() + ": " + note)));
        return notes;
    }
}
