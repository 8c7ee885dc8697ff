package dev.errand.cli.watch;

import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.WorkerRegistry.Registered;
import dev.errand.cli.text.Safe;
import dev.errand.cli.text.Spans;
import dev.errand.cli.text.Style;
import dev.errand.cli.text.Table;
import dev.errand.cli.text.Table.Cell;
import dev.errand.cli.text.Width;
import dev.errand.cli.watch.Snapshot.QueueState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws a moment as the lines of a screen. A function of what it is given. */
final class Picture {
    private static final List<String> KEYS = List.of(
            "up, down, j, k  choose a queue",
            "p               pause the chosen queue, or let it go on",
            "r               redrive the dead letters of the chosen queue, after a question",
            "/               show only queues whose name has a text; Enter ends it, Escape clears it",
            "s               sort by name, ready, dead, oldest",
            "?, h            these keys",
            "q, Ctrl-C       quit");

    private final int rows;
    private final int columns;
    private final boolean colours;

    Picture(int rows, int columns, boolean colours) {
        this.rows = Math.max(3, rows);
        this.columns = Math.max(20, columns);
        this.colours = colours;
    }

    /** At most as many lines as there are rows, none wider than the screen. */
    List<String> draw(String broker, Snapshot now, Snapshot before, State state, String trouble) {
        List<String> lines = new ArrayList<>();
        lines.add(title(broker, now, trouble));
        lines.add("");
        if (state.help()) {
            KEYS.forEach(key -> lines.add("  " + key));
        } else {
            int room = rows - 4;
            List<String> queues = queues(now, before, state, Math.max(2, room / 2));
            lines.addAll(queues);
            lines.add("");
            List<String> workers = workers(now, Math.max(2, (rows - lines.size() - 3) / 2));
            lines.addAll(workers);
            lines.add("");
            lines.addAll(failures(now, rows - lines.size() - 1));
        }
        List<String> shown = new ArrayList<>(lines.subList(0, Math.min(lines.size(), rows - 1)));
        while (shown.size() < rows - 1) {
            shown.add("");
        }
        shown.add(foot(state));
        return shown.stream().map(this::cut).toList();
    }

    private String title(String broker, Snapshot now, String trouble) {
        String clock = now.isNothing() ? "" : now.at().toString().substring(11, 19) + "Z";
        String what = paint(Style.BOLD, "Errand") + "  " + Safe.line(broker) + "  " + clock;
        return trouble.isEmpty() ? what : what + "  " + paint(Style.RED, Safe.line(trouble));
    }

    private List<String> queues(Snapshot now, Snapshot before, State state, int most) {
        List<QueueState> shown = state.shown(now);
        Table table = new Table(
                "QUEUE",
                ">READY",
                ">ACTIVE",
                ">LATER",
                ">RETRY",
                ">DEAD",
                ">GROWS/s",
                ">DEAD/s",
                ">OLDEST",
                ">WORKERS",
                "");
        for (QueueState queue : shown) {
            table.row(
                    Cell.of(Width.cut(Safe.line(queue.name()), 30)),
                    Cell.of(queue.count(TaskState.PENDING)),
                    Cell.of(queue.count(TaskState.ACTIVE)),
                    Cell.of(queue.count(TaskState.SCHEDULED) + queue.count(TaskState.WAITING)),
                    styled(queue.count(TaskState.RETRY), Style.YELLOW),
                    styled(queue.count(TaskState.DEAD), Style.RED),
                    Cell.of(rate(now.growth(queue.name(), before), true)),
                    Cell.of(rate(now.deaths(queue.name(), before), false), Style.RED),
                    Cell.of(age(queue, now.at())),
                    Cell.of(queue.workers()),
                    queue.paused().isPresent() ? Cell.of("paused", Style.YELLOW) : Cell.of(""));
        }
        if (table.isEmpty()) {
            return List.of(paint(Style.DIM, state.filter().isEmpty() ? "No queue yet." : "No queue has this name."));
        }
        List<String> plain = table.lines(columns, false);
        List<String> set = table.lines(columns, colours);
        int chosen = state.index(shown);
        int first = Math.clamp(chosen - (most - 2), 0, Math.max(0, shown.size() - (most - 1)));
        List<String> lines = new ArrayList<>();
        lines.add(set.getFirst());
        for (int i = first; i < Math.min(shown.size(), first + most - 1); i++) {
            lines.add(
                    i != chosen
                            ? set.get(i + 1)
                            : colours
                                    ? Style.REVERSE.on(Width.pad(Width.cut(plain.get(i + 1), columns), columns, false))
                                    : plain.get(i + 1) + " <");
        }
        return lines;
    }

    private static Cell styled(long count, Style style) {
        return new Cell(Cell.of(count).text(), count == 0 ? Style.PLAIN : style);
    }

    private static String rate(double rate, boolean signed) {
        return Math.abs(rate) < 0.05 ? "-" : String.format(Locale.ROOT, signed ? "%+,.1f" : "%,.1f", rate);
    }

    private static String age(QueueState queue, Instant now) {
        return queue.oldest()
                .map(since -> Spans.show(Duration.between(since, now)))
                .orElse("-");
    }

    private List<String> workers(Snapshot now, int most) {
        Table table = new Table("WORKER", ">PID", ">RUNNING", ">SEEN", "QUEUES");
        now.workers().stream().limit(Math.max(0, most - 1)).forEach(worker -> row(table, worker, now.at()));
        if (table.isEmpty()) {
            return List.of(paint(Style.RED, "No worker is alive."));
        }
        List<String> lines = new ArrayList<>(table.lines(columns, colours));
        int more = now.workers().size() - (lines.size() - 1);
        if (more > 0) {
            lines.set(lines.size() - 1, lines.getLast() + paint(Style.DIM, "  and " + more + " more"));
        }
        return lines;
    }

    private static void row(Table table, Registered worker, Instant now) {
        Duration silence = Duration.between(worker.seen(), now);
        table.row(
                Cell.of(Width.cut(Safe.line(worker.spec().name()), 30)),
                Cell.of(Long.toString(worker.spec().pid())),
                Cell.of(worker.running() + "/" + worker.spec().concurrency()),
                Cell.of(
                        Spans.show(silence) + " ago",
                        silence.compareTo(worker.spec().lease()) > 0 ? Style.RED : Style.PLAIN),
                Cell.of(String.join(
                        " ", new java.util.TreeSet<>(worker.spec().queues().keySet()))));
    }

    private List<String> failures(Snapshot now, int most) {
        if (most < 2) {
            return List.of();
        }
        Table table = new Table(">AGO", "STATE", "QUEUE", "TASK", "ERROR");
        for (TaskInfo task : now.failures().subList(0, Math.min(now.failures().size(), most - 1))) {
            String error = task.lastError()
                    .map(e -> e.error().substring(e.error().lastIndexOf('.') + 1) + ": " + e.message())
                    .orElse(String.valueOf(task.reason()));
            table.row(
                    Cell.of(Spans.show(Duration.between(Observer.failedAt(task), now.at()))),
                    Cell.of(task.state().name(), task.state() == TaskState.DEAD ? Style.RED : Style.YELLOW),
                    Cell.of(Width.cut(Safe.line(task.queue()), 20)),
                    Cell.of(task.id().value()),
                    Cell.of(error));
        }
        return table.isEmpty()
                ? List.of(paint(Style.DIM, "No task has failed that is still to be seen to."))
                : table.lines(columns, colours);
    }

    private String foot(State state) {
        if (state.question().isPresent()) {
            return paint(Style.BOLD, Safe.line(state.question().get().text()));
        }
        if (state.typing()) {
            return "filter: " + Safe.line(state.filter()) + "_";
        }
        String keys = "p pause/resume  r redrive  / filter  s sort  ? keys  q quit";
        String chosen = state.filter().isEmpty() ? "" : "filter: " + Safe.line(state.filter()) + "  ";
        return (state.message().isEmpty() ? "" : Safe.line(state.message()) + "  ") + paint(Style.DIM, chosen + keys);
    }

    private String paint(Style style, String text) {
        return colours ? style.on(text) : text;
    }

    /** To the width; what sets colours has none. */
    private String cut(String line) {
        StringBuilder kept = new StringBuilder();
        int used = 0;
        boolean styled = false;
        for (int i = 0; i < line.length(); ) {
            if (line.charAt(i) == '\033') {
                int end = line.indexOf('m', i) + 1;
                kept.append(line, i, end);
                styled = true;
                i = end;
                continue;
            }
            int point = line.codePointAt(i);
            String one = Character.toString(point);
            int width = Width.of(one);
            if (used + width > columns) {
                return kept.append(styled ? "\033[0m" : "").toString();
            }
            kept.append(one);
            used += width;
            i += Character.charCount(point);
        }
        return kept.toString();
    }
}
