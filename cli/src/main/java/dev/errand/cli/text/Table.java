package dev.errand.cli.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows under headings, each column as wide as its widest cell. Where the line has a limit, the last column is cut; a limit too
 * narrow for the others is ignored, so that nothing that a person may want to copy is lost.
 */
public final class Table {
    private static final int LEAST = 10;
    private static final int GAP = 2;

    /**
     * One cell.
     *
     * @param text already safe
     * @param style how it is set
     */
    public record Cell(String text, Style style) {
        /** Makes any text safe. */
        public static Cell of(String text) {
            return new Cell(Safe.line(text), Style.PLAIN);
        }

        /** The same in a style. */
        public static Cell of(String text, Style style) {
            return new Cell(Safe.line(text), style);
        }

        /** A number with thousands separated; a dash for none. */
        public static Cell of(long number) {
            return new Cell(number == 0 ? "-" : String.format(java.util.Locale.ROOT, "%,d", number), Style.PLAIN);
        }
    }

    private final List<String> headings;
    private final List<Boolean> right;
    private final List<List<Cell>> rows = new ArrayList<>();

    /** With these headings; a heading that begins with {@code >} is of a column that is set to the right. */
    public Table(String... headings) {
        this.headings = List.of(headings).stream()
                .map(h -> h.startsWith(">") ? h.substring(1) : h)
                .toList();
        this.right = List.of(headings).stream().map(h -> h.startsWith(">")).toList();
    }

    /** Adds a row, with a cell for each heading. */
    public Table row(Cell... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + headings.size() + " headings");
        }
        rows.add(List.of(cells));
        return this;
    }

    /** Whether it has no rows. */
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /**
     * The lines, without trailing spaces.
     *
     * @param limit cells in a line
     * @param colours whether styles show
     */
    public List<String> lines(int limit, boolean colours) {
        int[] widths = new int[headings.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            widths[i] = Math.max(
                    Width.of(headings.get(i)),
                    rows.stream()
                            .mapToInt(row -> Width.of(row.get(column).text()))
                            .max()
                            .orElse(0));
        }
        int last = widths.length - 1;
        int before = 0;
        for (int i = 0; i < last; i++) {
            before += widths[i] + GAP;
        }
        widths[last] = Math.min(widths[last], Math.max(LEAST, limit - before));
        List<String> lines = new ArrayList<>();
        lines.add(line(headings.stream().map(h -> new Cell(h, Style.BOLD)).toList(), widths, colours));
        rows.forEach(row -> lines.add(line(row, widths, colours)));
        return lines;
    }

    private String line(List<Cell> cells, int[] widths, boolean colours) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            Cell cell = cells.get(i);
            String text = i == widths.length - 1 ? Width.cut(cell.text(), widths[i]) : cell.text();
            String spaces = " ".repeat(Math.max(0, widths[i] - Width.of(text)));
            String shown = colours ? cell.style().on(text) : text;
            line.append(right.get(i) ? spaces + shown : shown + spaces);
            line.append(i == widths.length - 1 ? "" : " ".repeat(GAP));
        }
        return line.toString().stripTrailing();
    }
}
