package dev.errand.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.errand.ConfigurationException;
import dev.errand.Errand;
import dev.errand.ErrandException;
import dev.errand.bench.broker.BrokerKind;
import dev.errand.bench.broker.Folder;
import dev.errand.bench.broker.Peer;
import dev.errand.bench.broker.Site;
import dev.errand.bench.engine.EngineBench;
import dev.errand.bench.local.LocalBench;
import dev.errand.bench.observe.ObserveBench;
import dev.errand.bench.report.Figures;
import dev.errand.bench.report.Output;
import dev.errand.bench.report.Section;
import dev.errand.broker.Profile;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code bench}. What measures something else than a broker is a subcommand, added in {@link #commandLine}. */
@Command(
        name = "bench",
        description = {
            "Measures a broker beside the bare client doing the same messages in the same run, and counts every task."
        },
        footer = {
            "",
            "Exit code: 0; 1 if a task was lost, or ran twice without a reason, or something failed; 2 for bad usage."
        },
        sortOptions = false,
        usageHelpWidth = 110)
public final class Bench implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "BROKER",
            description = "sqlite (a temporary file), redis (a server of its own), memory, or a URL")
    private @Nullable String broker;

    @Option(names = "--quick", description = "less than a minute: shorter rounds, without the slow workloads")
    private boolean quick;

    @Option(
            names = "--workload",
            split = ",",
            paramLabel = "NAME",
            description = "only these, separated by commas; all by default")
    private List<String> workloads = List.of();

    @Option(names = "--only-ours", description = "do not measure the bare client")
    private boolean onlyOurs;

    @Option(
            names = "--peer",
            paramLabel = "NAME",
            description = "measure another system beside ours in the same rounds: asynq, on redis (needs Go)")
    private @Nullable String peerName;

    @Option(names = "--rounds", paramLabel = "N", description = "measured rounds of each side; 5, with --quick 3")
    private @Nullable Integer rounds;

    @Option(names = "--seconds", paramLabel = "S", description = "length of a round; 2, with --quick 0.5")
    private @Nullable Double seconds;

    @Option(names = "--dir", paramLabel = "DIR", description = "where temporary files are put: the disk to measure")
    private Path dir = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this")
    boolean help;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final Output output;

    Bench(Output output) {
        this.output = output;
    }

    /** Measures. */
    public static void main(String[] arguments) {
        System.exit(commandLine(System.out, System.err).execute(arguments));
    }

    /** The command with those for what is not a broker: one more line for each. */
    static CommandLine commandLine(PrintStream out, PrintStream err) {
        return new CommandLine(new Bench(new Output(out, err)))
                .addSubcommand(new EngineBench(new Output(out, err)))
                .addSubcommand(new LocalBench(new Output(out, err)))
                .addSubcommand(new ObserveBench(new Output(out, err)))
                .setOut(new PrintWriter(out, true, UTF_8))
                .setErr(new PrintWriter(err, true, UTF_8))
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    boolean expected = e instanceof ErrandException || e instanceof IOException;
                    err.println("bench: " + (expected ? e.getMessage() : e.toString()));
                    if (!expected) {
                        e.printStackTrace(err);
                    }
                    return e instanceof ConfigurationException ? 2 : 1;
                });
    }

    @Override
    public Integer call() throws Exception {
        String measured = broker();
        Plan plan = plan();
        BrokerKind kind = BrokerKind.of(measured);
        List<Figures> all = new ArrayList<>();
        try (Folder programs = Folder.make(dir)) {
            Optional<Peer> peer =
                    peerName == null ? Optional.empty() : Optional.of(Peer.of(peerName, kind, programs.path()));
            for (Workload workload : chosen()) {
                all.addAll(measure(workload, measured, plan, peer));
            }
        }
        String command = "./errand bench " + kind.scheme() + (quick ? " --quick" : "")
                + (peerName == null ? "" : " --peer " + peerName);
        return output.finish(new Section(
                kind.scheme(), kind.title(), command, kind.bounds(), kind.commits() ? Comparison.noted(all) : all));
    }

    private List<Figures> measure(Workload workload, String measured, Plan plan, Optional<Peer> peer) throws Exception {
        try (Folder scratch = Folder.make(dir);
                Site site = BrokerKind.site(measured, scratch.path())) {
            if (!workload.suits(profile(site))) {
                output.progress(workload.name() + ": left out, this broker cannot do it");
                return List.of();
            }
            List<Figures> figures = workload.run(new Run(scratch.path(), plan, !onlyOurs, peer, output), site);
            output.show(figures);
            return figures;
        }
    }

    private static Profile profile(Site site) {
        try (Errand errand = Errand.connect(site.url())) {
            return errand.profile();
        }
    }

    private String broker() {
        if (broker == null) {
            throw wrong("name a broker: "
                    + BrokerKind.ALL.stream().map(BrokerKind::scheme).collect(Collectors.joining(", "))
                    + ", or a broker URL");
        }
        return broker;
    }

    private Plan plan() {
        Plan plan = Plan.of(quick);
        if (rounds != null && (rounds < 1 || rounds > 100)) {
            throw wrong("--rounds must be 1 to 100");
        }
        if (seconds != null && !(seconds >= 0.05 && seconds <= 600)) {
            throw wrong("--seconds must be 0.05 to 600");
        }
        return new Plan(rounds == null ? plan.rounds() : rounds, seconds == null ? plan.seconds() : seconds);
    }

    private List<Workload> chosen() {
        List<Workload> there = new ArrayList<>(Workloads.ALL);
        if (peerName != null) {
            there.addAll(Workloads.BESIDE_PEERS);
        }
        if (workloads.isEmpty()) {
            return there.stream().filter(w -> !quick || !w.slow()).toList();
        }
        List<Workload> chosen = new ArrayList<>();
        for (String name : workloads) {
            chosen.add(there.stream()
                    .filter(w -> w.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> wrong("there is no workload '" + name + "'; there are "
                            + there.stream().map(Workload::name).collect(Collectors.joining(", ")))));
        }
        return chosen;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }
}
