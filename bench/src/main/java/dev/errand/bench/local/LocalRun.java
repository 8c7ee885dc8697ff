package dev.errand.bench.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs JMH. Arguments: the file for the scores, and whether it is to be quick. Each line: what, the score, that to compare with. */
final class LocalRun {
    static final String ORDERED = "local-ordered";
    static final String WAITING = "local-waiting";
    private static final int ORDERING_SUBMITTERS = 8;

    private final int forks;
    private final int warmUps;
    private final int iterations;
    private final List<String> lines = new ArrayList<>();

    private LocalRun(boolean quick) {
        forks = quick ? 1 : 3;
        warmUps = quick ? 2 : 4;
        iterations = quick ? 3 : 5;
    }

    public static void main(String[] arguments) throws RunnerException, IOException, InterruptedException {
        LocalRun run = new LocalRun(Boolean.parseBoolean(arguments[1]));
        for (int submitters : new int[] {1, 8, 64}) {
            run.measure("local-" + submitters, SubmitAndRun.class, submitters, "errand", "bare");
        }
        run.measure(ORDERED, OrderByKey.class, ORDERING_SUBMITTERS, "ordered", "unordered");
        run.line(WAITING, WaitingMemory.bytesEach(), WaitingMemory.JOBS);
        Files.write(Path.of(arguments[0]), run.lines);
    }

    private void line(String what, double score, double other) {
        lines.add(what + " " + score + " " + other);
    }

    /** Both subjects, each in JVMs of its own, one after the other in one run. */
    private void measure(String what, Class<?> type, int submitters, String subject, String other)
            throws RunnerException {
        OptionsBuilder options = new OptionsBuilder();
        options.include("^" + type.getName().replace(".", "\\.") + "\\.")
                .mode(Mode.Throughput)
                .timeUnit(TimeUnit.SECONDS)
                .threads(submitters)
                .forks(forks)
                .warmupIterations(warmUps)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(iterations)
                .measurementTime(TimeValue.seconds(1))
                .shouldFailOnError(true);
        Map<String, Double> scores = new TreeMap<>();
        for (RunResult result : new Runner(options.build()).run()) {
            scores.put(
                    result.getPrimaryResult().getLabel(),
                    result.getPrimaryResult().getScore());
        }
        line(what, score(scores, subject), score(scores, other));
    }

    private static double score(Map<String, Double> scores, String subject) {
        Double score = scores.get(subject);
        if (score == null) {
            throw new IllegalStateException("there is no measurement of " + subject + " among " + scores);
        }
        return score;
    }
}
