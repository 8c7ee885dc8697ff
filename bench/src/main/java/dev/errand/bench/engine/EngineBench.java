package dev.errand.bench.engine;

import dev.errand.bench.process.JmhProcess;
import dev.errand.bench.report.Figures;
import dev.errand.bench.report.Numbers;
import dev.errand.bench.report.Output;
import dev.errand.bench.report.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code bench engine}: JMH in a JVM of its own, which needs other arguments than this one. */
@Command(
        name = "engine",
        description = "Measures the engine on the broker in memory by JMH: tasks a second from the enqueue to the run.",
        sortOptions = false,
        usageHelpWidth = 110)
public final class EngineBench implements Callable<Integer> {
    private static final String BOUNDS = """
            The processor: with two cores one enqueues while the other takes, starts a virtual thread for each task and settles. Nothing waits
            for a disk.
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
    public EngineBench(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path scores = Files.createTempFile("errand-bench-", ".scores");
        try {
            JmhProcess.run(EngineRun.class, scores, quick, output::progress);
            double[] rates = Files.readAllLines(scores).stream()
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            List<Figures> figures = List.of(figures(rates));
            output.show(figures);
            String command = "./errand bench engine" + (quick ? " --quick" : "");
            return output.finish(new Section("engine", "The engine alone", command, BOUNDS, figures));
        } finally {
            Files.delete(scores);
        }
    }

    /** From the rate and the time of each iteration, in turns. */
    private static Figures figures(double[] scores) {
        double seconds = 0;
        double tasks = 0;
        double[] rates = new double[scores.length / 2];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = scores[2 * i];
            seconds += scores[2 * i + 1];
            tasks += scores[2 * i] * scores[2 * i + 1];
        }
        Arrays.sort(rates);
        return Figures.of("memory", "engine-64", Math.round(tasks))
                .withRate(tasks / seconds, seconds)
                .note("64 slots, bulk enqueue, from " + Numbers.rate(rates[0]) + "/s in the slowest of "
                        + rates.length + " iterations to " + Numbers.rate(rates[rates.length - 1])
                        + "/s in the fastest");
    }
}
