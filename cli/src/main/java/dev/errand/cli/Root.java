package dev.errand.cli;

import dev.errand.broker.BrokerUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code errand} itself: the options that all commands share. */
@Command(
        name = "errand",
        description = "Look at tasks, queues, workers and schedules on a broker, and act on them.",
        synopsisSubcommandLabel = "COMMAND",
        sortOptions = false,
        versionProvider = Version.class,
        footer = {
            "",
            "Exit codes: 0 done; 1 nothing found, or refused by the state of what was found; 2 wrong command line;"
                    + " 3 broker out of reach, unusable, or not able to, or results not written; 4 a defect in errand.",
            "Results go to standard output, everything else to standard error. --json prints one JSON object a line."
        })
final class Root implements Runnable {
    private final World world;

    @Option(
            names = {"-b", "--broker"},
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description =
                    "the broker, such as sqlite:errand.db; else ERRAND_BROKER, or the first line of the file that ERRAND_BROKER_FILE names")
    @Nullable
    String broker;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "print one JSON object a line")
    boolean json;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "no progress and no remarks on standard error")
    boolean quiet;

    @Option(
            names = "--no-color",
            scope = ScopeType.INHERIT,
            description = "no colours; so it is without a terminal, and with NO_COLOR set")
    boolean colourless;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "show this")
    boolean help;

    @Option(names = "--version", versionHelp = true, description = "show the version")
    boolean version;

    @Spec
    @Nullable
    CommandSpec spec;

    Root(World world) {
        this.world = world;
    }

    World world() {
        return world;
    }

    boolean isColourful() {
        return world.terminal().out()
                && !colourless
                && world.variable("NO_COLOR").isEmpty();
    }

    @Override
    public void run() {
        throw new ParameterException(
                java.util.Objects.requireNonNull(spec).commandLine(), "no command is given; ./errand help lists them");
    }

    /** Opens the broker that was named. */
    World.Connection connect(boolean mayCreate) {
        return world.connector().open(BrokerUrl.parse(url()), mayCreate);
    }

    String url() {
        if (broker != null) {
            return broker;
        }
        if (!world.variable("ERRAND_BROKER").isBlank()) {
            return world.variable("ERRAND_BROKER").strip();
        }
        String file = world.variable("ERRAND_BROKER_FILE");
        if (file.isBlank()) {
            throw Refusal.usage("no broker is named; give --broker URL, such as --broker sqlite:errand.db, or set"
                    + " ERRAND_BROKER to the URL, or ERRAND_BROKER_FILE to a file that holds it");
        }
        return fromFile(file);
    }

    private static String fromFile(String file) {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .findFirst()
                    .orElseThrow(() -> Refusal.usage("the file " + file
                            + " that ERRAND_BROKER_FILE names is empty; write the broker's URL into it"));
        } catch (IOException | UncheckedIOException | InvalidPathException e) {
            throw Refusal.usage("cannot read the file " + file + " that ERRAND_BROKER_FILE names: "
                    + e.getClass().getSimpleName() + "; see that it is there and can be read");
        }
    }
}
