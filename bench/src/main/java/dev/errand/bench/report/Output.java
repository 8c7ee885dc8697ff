package dev.errand.bench.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How figures are shown; the options that every measuring command has. */
public final class Output {
    @Option(names = "--json", description = "print one line of JSON for each workload; all else goes to standard error")
    private boolean json;

    @Option(names = "--charts", paramLabel = "DIR", description = "write charts (SVG) into this folder")
    private @Nullable Path charts;

    @Option(
            names = "--page",
            paramLabel = "FILE",
            description =
                    "write these figures into a page (Markdown), with charts beside it; other sections of it stay")
    private @Nullable Path page;

    private final PrintStream out;
    private final PrintStream err;

    /** Shows on these. */
    public Output(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** A line about how it goes. */
    public void progress(String line) {
        err.println(line);
        err.flush();
    }

    /** Figures as soon as they are there. */
    public void show(List<Figures> figures) {
        if (json) {
            figures.forEach(f -> out.println(JsonLine.of(f)));
            out.flush();
        }
    }

    /** All figures at the end; answers the exit code: 1 if anything happened that must not. */
    public int finish(Section section) throws IOException {
        (json ? err : out).print(Table.plain(section.figures()));
        if (charts != null) {
            Files.createDirectories(charts);
            Charts.write(section, charts);
        }
        if (page != null) {
            Page.write(section, page, LocalDate.now(ZoneOffset.UTC));
        }
        List<String> troubles =
                section.figures().stream().flatMap(f -> f.troubles().stream()).toList();
        troubles.forEach(trouble -> err.println("bench: " + trouble));
        return troubles.isEmpty() ? 0 : 1;
    }
}
