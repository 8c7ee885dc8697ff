package dev.errand.bench.local;

import dev.errand.bench.process.JmhProcess;
import dev.errand.bench.report.Figures;
import dev.errand.bench.report.Output;
import dev.errand.bench.report.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code bench local}: JMH in a JVM of its own, which needs other arguments than this one. */
@Command(
        name = "local",
        description = "Measures in-process work by JMH: beside bare virtual threads, in order by key, and in memory.",
        sortOptions = false,
        usageHelpWidth = 110)
public final class LocalBench implements Callable<Integer> {
    private static final double LEAST_OF_BARE = 0.7;
    private static final double LEAST_OF_UNORDERED = 0.5;
    private static final double MOST_BYTES = 150;
    private static final String BOUNDS = """
            The processor: submitting, starting and waiting for work that does nothing. Bare is `newVirtualThreadPerTaskExecutor` with a
            `Semaphore`; for `local-ordered` it is the same jobs without a key. 100 jobs of each submitter are on their way, under a bound of
            64.
            """;

    @Option(names = "--quick", description = "one fork and short rounds")
    private boolean quick;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this")
    boolean help;

    @Mixin
    private final Output output;

    /** Shows the figures there. */
    public LocalBench(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path scores = Files.createTempFile("errand-bench-", ".scores");
        try {
            JmhProcess.run(LocalRun.class, scores, quick, output::progress);
            List<Figures> figures = new ArrayList<>();
            for (String line : Files.readAllLines(scores)) {
                String[] parts = line.split(" ", 3);
                figures.add(figures(parts[0], Double.parseDouble(parts[1]), Double.parseDouble(parts[2])));
            }
            output.show(figures);
            String command = "./errand bench local" + (quick ? " --quick" : "");
            return output.finish(new Section("local", "In-process work", command, BOUNDS, figures));
        } finally {
            Files.delete(scores);
        }
    }

    private static Figures figures(String what, double score, double other) {
        if (what.equals(LocalRun.WAITING)) {
            String note = "%.0f bytes a waiting job beyond the lambda; at most %.0f: %s";
            return Figures.of("none", what, Math.round(other))
                    .note(String.format(Locale.ROOT, note, score, MOST_BYTES, verdict(score <= MOST_BYTES)));
        }
        double least = what.equals(LocalRun.ORDERED) ? LEAST_OF_UNORDERED : LEAST_OF_BARE;
        String note = "%.2f of the comparison; at least %.2f: %s";
        return Figures.of("none", what, 0)
                .withRate(score, 0)
                .withBare(OptionalDouble.of(other))
                .note(String.format(Locale.ROOT, note, score / other, least, verdict(score >= least * other)));
    }

    private static String verdict(boolean kept) {
        return kept ? "kept" : "missed";
    }
}
