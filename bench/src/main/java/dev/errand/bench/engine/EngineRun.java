package dev.errand.bench.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs JMH. Arguments: the file for the rate and the seconds of each iteration, a line each, and whether it is to be quick. */
final class EngineRun {
    private static final int QUICK_ITERATIONS = 3;

    private EngineRun() {}

    public static void main(String[] arguments) throws RunnerException, IOException {
        ChainedOptionsBuilder options =
                new OptionsBuilder().include(EndToEnd.class.getName()).shouldFailOnError(true);
        if (Boolean.parseBoolean(arguments[1])) {
            options.forks(1)
                    .warmupIterations(QUICK_ITERATIONS)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(QUICK_ITERATIONS)
                    .measurementTime(TimeValue.seconds(1));
        }
        List<String> lines = new ArrayList<>();
        for (RunResult run : new Runner(options.build()).run()) {
            BenchmarkParams params = run.getParams();
            double seconds =
                    params.getMeasurement().getTime().convertTo(java.util.concurrent.TimeUnit.MILLISECONDS) / 1e3;
            for (BenchmarkResult fork : run.getBenchmarkResults()) {
                for (IterationResult iteration : fork.getIterationResults()) {
                    lines.add(Double.toString(iteration.getPrimaryResult().getScore()));
                    lines.add(Double.toString(seconds));
                }
            }
        }
        Files.write(Path.of(arguments[0]), lines);
    }
}
