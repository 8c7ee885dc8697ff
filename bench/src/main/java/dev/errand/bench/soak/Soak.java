package dev.errand.bench.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.errand.CapabilityException;
import dev.errand.ConfigurationException;
import dev.errand.ErrandException;
import dev.errand.bench.broker.Folder;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code soak}. */
@Command(
        name = "soak",
        description = {
            "Loads a broker from processes of their own, kills, stops and restarts its worker processes at random, and accounts"
                    + " for every acknowledged task in the end: completed once, or dead for a reason, and no second run without"
                    + " a crash or a lost lease."
        },
        footer = {
            "",
            "Ctrl-C ends the load early. Exit code: 0 if every task is accounted for, 1 if not, or something failed, 2 for bad"
                    + " usage."
        },
        sortOptions = false,
        usageHelpWidth = 110)
public final class Soak implements Callable<Integer> {
    @Parameters(
            paramLabel = "BROKER",
            description = "sqlite (a temporary file), redis (a server of its own, which is killed, too), or a URL")
    private String broker = "";

    @Option(names = "--minutes", required = true, paramLabel = "N", description = "how long to load it; 0.5 is allowed")
    private double minutes;

    @Option(names = "--seed", paramLabel = "S", description = "of the random choices; a new one by default, printed")
    private @Nullable Long seed;

    @Option(names = "--workers", paramLabel = "N", description = "worker processes; ${DEFAULT-VALUE}")
    private int workers = 3;

    @Option(names = "--rate", paramLabel = "R", description = "tasks a second; ${DEFAULT-VALUE}")
    private int rate = 200;

    @Option(names = "--every", paramLabel = "S", description = "seconds between two incidents, about; ${DEFAULT-VALUE}")
    private double every = 2.5;

    @Option(names = "--disk", paramLabel = "MB", description = "the load ends early at so many; ${DEFAULT-VALUE}")
    private long disk = 2_000;

    @Option(names = "--json", description = "print one line of JSON at the end, and everything else to standard error")
    private boolean json;

    @Option(names = "--keep", description = "keep the folder with the journals, the logs and the broker")
    private boolean keep;

    @Option(names = "--dir", paramLabel = "DIR", description = "where the folder is made")
    private Path dir = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this")
    boolean help;

    @Spec
    private @Nullable CommandSpec spec;

    private final PrintStream out;
    private final PrintStream err;
    private final CountDownLatch ended = new CountDownLatch(1);

    Soak(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Soaks. */
    public static void main(String[] arguments) {
        Soak soak = new Soak(System.out, System.err);
        int code;
        try {
            code = commandLine(soak).execute(arguments);
        } finally {
            soak.ended.countDown();
        }
        System.exit(code);
    }

    static CommandLine commandLine(Soak soak) {
        return new CommandLine(soak)
                .setOut(new PrintWriter(soak.out, true, UTF_8))
                .setErr(new PrintWriter(soak.err, true, UTF_8))
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    boolean expected = e instanceof ErrandException || e instanceof IOException;
                    soak.err.println("soak: " + (expected ? e.getMessage() : e.toString()));
                    if (!expected) {
                        e.printStackTrace(soak.err);
                    }
                    return e instanceof ConfigurationException || e instanceof CapabilityException ? 2 : 1;
                });
    }

    @Override
    public Integer call() throws Exception {
        SoakPlan plan = plan();
        Folder folder = Folder.make(dir);
        Progress progress = new Progress(err, plan.load());
        progress.say("seed " + plan.seed() + ", folder " + folder.path());
        boolean tidy = false;
        SoakRun run = new SoakRun(plan, folder, progress);
        Thread hook = stopOnSignal(run);
        try {
            SoakRun.Result result = run.run();
            (json ? err : out).print("soak: " + Summary.text(result));
            if (json) {
                out.println(Summary.json(result));
                out.flush();
            }
            boolean passed = Summary.passed(result);
            tidy = passed && !keep;
            return passed ? 0 : 1;
        } catch (ErrandException e) {
            tidy = !keep;
            throw e;
        } finally {
            forget(hook);
            if (tidy) {
                folder.close();
            } else {
                progress.say("the journals, the logs and the broker are in " + folder.path());
            }
        }
    }

    private SoakPlan plan() {
        require(minutes > 0 && minutes <= 100_000, "--minutes must be above 0 and at most 100000");
        require(workers >= 2 && workers <= 100, "--workers must be 2 to 100");
        require(rate >= 1 && rate <= 10_000, "--rate must be 1 to 10000");
        require(every >= 0.2 && every <= 3_600, "--every must be 0.2 to 3600");
        require(disk >= 1, "--disk must be at least 1");
        return new SoakPlan(
                broker,
                Duration.ofMillis((long) (minutes * 60_000)),
                seed == null ? new SecureRandom().nextInt(1, Integer.MAX_VALUE) : seed,
                workers,
                rate,
                disk,
                Duration.ofMillis((long) (every * 1_000)));
    }

    private void require(boolean right, String message) {
        if (!right) {
            throw new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
        }
    }

    /** Ctrl-C, or SIGTERM: the load ends, the rest is done in good order, and then the process ends. */
    private Thread stopOnSignal(SoakRun run) {
        Thread hook = new Thread(() -> {
            run.stop();
            try {
                if (!ended.await(5, TimeUnit.MINUTES)) {
                    err.println("soak: does not end in time; it is left as it is");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        return hook;
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is at work already.
        }
    }
}
