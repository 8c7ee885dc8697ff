package dev.errand.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;

/**
 * A page of figures with a section for each command, between marks: a command replaces its own section and leaves the others
 * as they are. Charts are put into a folder beside it that is named after it.
 */
final class Page {
    private static final String HEAD = """
            # Performance

            Written by the commands that each section names; do not edit it by hand. *Bare* is the broker's raw client doing the same
            messages with the same durability in the same run, its rounds taking turns with ours: for N callers, N virtual threads that each
            await their own confirmation through a minimal batcher; for bulk and drain, batches of 100 without handlers. Rates are tasks a
            second, the median of the rounds; the ratio is ours by bare. Every task has 100 bytes of payload and is counted: *lost* never
            ran, *twice* are runs beyond each task's first.

            | workload | what | times are |
            | --- | --- | --- |
            | `enqueue-1`, `-8`, `-64` | so many callers, one task after the other each | of a call |
            | `enqueue-bulk` | one caller, 100 tasks a call | of a call |
            | `drain-32`, `drain-1000` | a backlog, by a worker with so many slots, until all is written down | |
            | `latency-200` | 200 tasks a second for an idle worker in the same process | from the call of enqueue to the handler |
            | `latency-200-two` | the same for a worker in another process | the same |
            | `due-10000` | 10,000 tasks due at one instant | how much later each started |
            | `delayed-10s` | 100,000 tasks (on RabbitMQ 20,000) due at times spread over 10 s | how much later each started |
            | `running-10000` | 20,000 tasks enqueued in bulk and run while 10,000 others run on the same queue | |
            | `takeover-50` | a worker process is killed while it runs 50 tasks | from the kill until each starts elsewhere |
            | `backlog-1m` | the drain of a part of a million waiting tasks | |
            | `backlog-1m-counts`, `-list` | the counts of the queue, a page of 100 tasks, meanwhile | of a call |
            | `drain-64` | a backlog of 100,000, beside another system (`--peer`) alone | |
            """;

    private Page() {}

    static void write(Section section, Path page, LocalDate date) throws IOException {
        String file = page.getFileName().toString();
        String folder = file.contains(".") ? file.substring(0, file.lastIndexOf('.')) : file + "-charts";
        Path charts = page.resolveSibling(folder);
        Files.createDirectories(charts);
        Map<String, String> written = Charts.write(section, charts);
        StringBuilder text = new StringBuilder();
        text.append("## ").append(section.title()).append("\n\n");
        text.append("`%s`, %s, on %s.\n\n".formatted(section.command(), date, machine()));
        text.append(Table.markdown(section.figures()));
        written.forEach((chart, title) -> text.append("\n![%s](%s/%s)\n".formatted(title, folder, chart)));
        text.append("\n### What bounds it\n\n").append(section.bounds().strip()).append('\n');
        String before = Files.exists(page) ? Files.readString(page) : HEAD;
        Files.writeString(page, put(before, section.name(), text.toString()));
    }

    /** The page with this section in its place, or at the end if it is new. */
    static String put(String page, String name, String text) {
        String begin = "<!-- begin " + name + " -->\n";
        String end = "<!-- end " + name + " -->\n";
        int from = page.indexOf(begin);
        int to = page.indexOf(end);
        String section = begin + text + end;
        return from < 0 || to < from
                ? page + "\n" + section
                : page.substring(0, from) + section + page.substring(to + end.length());
    }

    private static String machine() {
        return "%d cores, %s %s, JDK %d"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        Runtime.version().feature());
    }
}
