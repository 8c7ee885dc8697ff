package dev.errand.examples.orders.demo;

import dev.errand.examples.orders.Service;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code demo}. */
@Command(
        name = "demo",
        description = {
            "Runs an order service, an e-mail service and a stock service as three processes, places orders, and shows what becomes of"
                    + " them.",
            "Some mails are refused at first and sent later, some can never be sent and become dead letters; none gets lost.",
            "Without options it goes on until Ctrl-C."
        },
        footer = {
            "",
            "Exit code: 0 if no order was lost, 1 if one was, or something failed, 2 for bad usage, 130 for Ctrl-C."
        },
        sortOptions = false,
        usageHelpWidth = 110)
public final class Demo implements Callable<Integer> {
    private static final int DEFAULT_ORDERS = 200;

    @Option(names = "--orders", paramLabel = "N", description = "place N orders, then no more")
    private @Nullable Integer orders;

    @Option(
            names = "--once",
            description = "stop when every order has its end: a mail or a dead letter (" + DEFAULT_ORDERS
                    + " orders unless --orders says otherwise)")
    private boolean once;

    @Option(names = "--rate", paramLabel = "R", description = "orders a second; 20, with --once 200")
    private @Nullable Double rate;

    @Option(
            names = "--kill",
            description = "kill the mail process (SIGKILL) several times on the way, and start it again")
    private boolean kill;

    @Option(
            names = "--broker",
            paramLabel = "URL",
            description = "use this broker; an embedded one in a temporary folder by default")
    private @Nullable String broker;

    @Option(names = "--json", description = "print one line of JSON at the end, and everything else to standard error")
    private boolean json;

    @Option(names = "--keep", description = "keep the folder with the broker, the mails and the logs")
    private boolean keep;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this")
    boolean help;

    @Spec
    private @Nullable CommandSpec spec;

    private final CountDownLatch ended = new CountDownLatch(1);

    /** Runs it. */
    public static void main(String[] args) {
        // What the libraries have to say belongs into a file, not between the lines of the screen.
        System.setProperty("logback.configurationFile", "demo-logback.xml");
        Demo demo = new Demo();
        int code;
        try {
            code = Service.run(demo, args);
        } finally {
            demo.ended.countDown();
        }
        System.exit(code);
    }

    private Plan plan() {
        if (orders != null && orders < 1) {
            throw wrong("--orders must be at least 1");
        }
        if (rate != null && !(rate > 0 && rate <= 10_000)) {
            throw wrong("--rate must be above 0 and at most 10000");
        }
        OptionalInt count =
                orders != null ? OptionalInt.of(orders) : once ? OptionalInt.of(DEFAULT_ORDERS) : OptionalInt.empty();
        return new Plan(Optional.ofNullable(broker), count, once, rate != null ? rate : once ? 200 : 20, kill, keep);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }

    @Override
    public Integer call() throws Exception {
        Plan plan = plan();
        Path folder = Files.createTempDirectory("errand-demo-");
        System.setProperty("demo.log", folder.resolve("demo.log").toString());
        PrintStream people = json ? System.err : System.out;
        View view = !json && Terminal.canRedraw() ? new Screen(people) : new LineView(people);
        boolean failed = true;
        DemoRun run = new DemoRun(plan, folder, view);
        Thread stopper = stopOnSignal(run, view);
        try {
            DemoRun.Result result = run.run();
            view.close();
            people.println(Summary.text(result));
            if (json) {
                System.out.println(Summary.json(result));
            }
            failed = !result.good() || (plan.once() && result.tally().open() > 0);
            return failed ? 1 : 0;
        } catch (DemoFailure e) {
            view.close();
            System.err.println(e.getMessage());
            return 1;
        } finally {
            view.close();
            tidy(plan, folder, failed, people);
            forget(stopper);
        }
    }

    /** Ctrl-C, or SIGTERM: the run ends in good order before the process does. */
    private Thread stopOnSignal(DemoRun run, View view) {
        Thread hook = new Thread(() -> {
            run.stop();
            try {
                // The view is the main thread's; it is left alone unless that one hangs.
                if (!ended.await(90, TimeUnit.SECONDS)) {
                    view.close();
                    System.err.println("The demonstration does not stop in time; it is left as it is");
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

    private static void tidy(Plan plan, Path folder, boolean failed, PrintStream people) throws IOException {
        if (plan.keep() || (failed && Files.exists(folder.resolve("orders.log")))) {
            people.println("The broker, the mails and the logs are in " + folder);
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
