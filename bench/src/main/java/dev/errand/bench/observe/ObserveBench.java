package dev.errand.bench.observe;

import dev.errand.bench.broker.BrokerKind;
import dev.errand.bench.broker.Folder;
import dev.errand.bench.broker.Site;
import dev.errand.bench.measure.Median;
import dev.errand.bench.report.Figures;
import dev.errand.bench.report.Numbers;
import dev.errand.bench.report.Output;
import dev.errand.bench.report.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code bench observe}: every way to be observed in turns, on SQLite and in memory. */
@Command(
        name = "observe",
        description = {
            "Measures what metrics, a listener and the fields on log lines cost, on SQLite and in memory, beside the",
            "same tasks with none of them."
        },
        sortOptions = false,
        usageHelpWidth = 110)
public final class ObserveBench implements Callable<Integer> {
    private static final double LEAST = 0.9;
    private static final String BOUNDS = """
            The processor. Bare is the same with nothing on: no metrics, no listener, no fields on log lines. Tasks do nothing; one caller
            enqueues them in bulk while a worker with 64 slots runs them. In memory a task takes so little that the counting shows; on a
            broker that stores tasks it does not.
            """;

    private record Ground(String broker, int tasks) {}

    private static final List<Ground> GROUNDS = List.of(new Ground("sqlite", 40_000), new Ground("memory", 400_000));

    @Option(names = "--quick", description = "fewer and shorter rounds")
    private boolean quick;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this")
    boolean help;

    @Mixin
    private final Output output;

    /** Shows the figures there. */
    public ObserveBench(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Figures> all = new ArrayList<>();
        try (LogFields fields = new LogFields()) {
            for (Ground ground : GROUNDS) {
                List<Figures> figures = measure(ground, fields);
                output.show(figures);
                all.addAll(figures);
            }
        }
        String command = "./errand bench observe" + (quick ? " --quick" : "");
        return output.finish(new Section("observe", "What being observed costs", command, BOUNDS, all));
    }

    private List<Figures> measure(Ground ground, LogFields fields) throws IOException, InterruptedException {
        int rounds = quick ? 3 : 9;
        int tasks = quick ? ground.tasks / 4 : ground.tasks;
        List<Way> ways = Way.ALL;
        ObservedRound[][] measured = new ObservedRound[ways.size()][rounds];
        for (int round = -2; round < rounds; round++) {
            for (int i = 0; i < ways.size(); i++) {
                // The order changes from round to round, so that none always follows the same one.
                int turn = Math.floorMod(i + round, ways.size());
                Way way = ways.get(turn);
                fields.use(way.fields());
                ObservedRound one = round(ground.broker, way, tasks);
                if (round >= 0) {
                    measured[turn][round] = one;
                }
            }
            if (round >= 0) {
                output.progress("%s: round %d of %d".formatted(ground.broker, round + 1, rounds));
            }
        }
        List<Figures> figures = new ArrayList<>();
        for (int i = 1; i < ways.size(); i++) {
            figures.add(figures(ground.broker, ways.get(i), tasks, measured[i], measured[0]));
        }
        return figures;
    }

    private static ObservedRound round(String broker, Way way, int tasks) throws IOException, InterruptedException {
        try (Folder scratch = Folder.make(Path.of(System.getProperty("java.io.tmpdir")));
                Site site = BrokerKind.site(broker, scratch.path())) {
            return ObservedRound.run(site.url(), way, tasks);
        }
    }

    private static Figures figures(String broker, Way way, int tasks, ObservedRound[] rounds, ObservedRound[] nothing) {
        double rate = median(rounds, ObservedRound::rate);
        double bare = median(nothing, ObservedRound::rate);
        long missed = Arrays.stream(rounds).mapToLong(ObservedRound::missed).sum();
        String note = "%.2f us of processor time a task, beside %.2f with nothing on";
        double more = median(rounds, ObservedRound::micros) - median(nothing, ObservedRound::micros);
        String name = broker + "-" + way.name().replace("a ", "").replace(' ', '-');
        Figures figures = Figures.of(broker, name, (long) tasks * rounds.length)
                .withRate(
                        rate,
                        Arrays.stream(rounds).mapToDouble(r -> tasks / r.rate()).sum())
                .withBare(Median.of(
                        Arrays.stream(nothing).mapToDouble(ObservedRound::rate).toArray()))
                .note(String.format(Locale.ROOT, note, more, median(nothing, ObservedRound::micros)));
        if (way.name().equals("everything")) {
            figures = figures.note("%.2f of nothing on; at least %.2f: %s"
                    .formatted(rate / bare, LEAST, rate >= LEAST * bare ? "kept" : "missed"));
        }
        return missed == 0 ? figures : figures.note(Numbers.count(missed) + " notices were missed");
    }

    private static double median(ObservedRound[] rounds, java.util.function.ToDoubleFunction<ObservedRound> what) {
        return Median.of(Arrays.stream(rounds).mapToDouble(what).toArray()).orElse(0);
    }
}
