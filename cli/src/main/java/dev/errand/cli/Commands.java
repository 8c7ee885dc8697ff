package dev.errand.cli;

import dev.errand.cli.text.Spans;
import dev.errand.cli.text.When;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.TypeConversionException;

/** Every command by name, and how one is run. */
final class Commands {
    private static final Map<String, Supplier<Object>> ALL = all();
    /** Commands of other modules, which the launcher starts; here for completion alone. */
    private static final String[] ELSEWHERE = {"demo", "bench", "soak"};

    private Commands() {}

    private static Map<String, Supplier<Object>> all() {
        Map<String, Supplier<Object>> all = new LinkedHashMap<>();
        all.put("queues", QueuesCommand::new);
        all.put("tasks", TasksCommand::new);
        all.put("task", TaskCommand::new);
        all.put("enqueue", EnqueueCommand::new);
        all.put("run", RunCommand::new);
        all.put("retry", RetryCommand::new);
        all.put("cancel", CancelCommand::new);
        all.put("delete", DeleteCommand::new);
        all.put("edit", EditCommand::new);
        all.put("dead", DeadCommand::new);
        all.put("pause", PauseCommand::new);
        all.put("resume", ResumeCommand::new);
        all.put("workers", WorkersCommand::new);
        all.put("schedules", SchedulesCommand::new);
        all.put("events", EventsCommand::new);
        all.put("subscriptions", SubscriptionsCommand::new);
        all.put("explain", ExplainCommand::new);
        all.put("doctor", DoctorCommand::new);
        all.put("watch", WatchCommand::new);
        all.put("completion", CompletionCommand::new);
        return all;
    }

    static Set<String> names() {
        return ALL.keySet();
    }

    /** Runs a command line and answers the exit code. Everything that it has to say is written and flushed. */
    static int run(World world, String... args) {
        int code;
        try {
            code = line(new Root(world), args).execute(args);
        } catch (Error e) {
            // Also a lack of memory: the JVM's own exit code would mean that nothing was found.
            code = new Failures(world).failed(e);
        }
        world.out().flush();
        return code;
    }

    private static CommandLine line(Root root, String... args) {
        CommandLine line = new CommandLine(root);
        if (args.length > 0 && ALL.containsKey(args[0])) {
            // The other commands are not read for this one: it is a third of the time that the program takes.
            line.addSubcommand(args[0], ALL.get(args[0]).get());
        } else {
            addAll(line);
        }
        configure(line, root);
        return line;
    }

    /** The whole tree, for help and completion. */
    static CommandLine whole(Root root) {
        CommandLine line = new CommandLine(root);
        addAll(line);
        for (String name : ELSEWHERE) {
            line.addSubcommand(name, CommandSpec.create().name(name));
        }
        configure(line, root);
        return line;
    }

    private static void addAll(CommandLine line) {
        ALL.forEach((name, command) -> line.addSubcommand(name, command.get()));
        line.addSubcommand("help", new HelpCommand());
    }

    private static void configure(CommandLine line, Root root) {
        World world = root.world();
        line.registerConverter(Duration.class, text -> converted(text, Spans::parse));
        line.registerConverter(When.class, text -> converted(text, given -> When.parse(given, world.zone())));
        // A payload that begins with @ names a file of its own.
        line.setExpandAtFiles(false);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpWidth(100);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(
                root.isColourful() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        line.setOut(new java.io.PrintWriter(world.out(), false, java.nio.charset.StandardCharsets.UTF_8));
        line.setErr(new java.io.PrintWriter(world.err(), true, java.nio.charset.StandardCharsets.UTF_8));
        line.setParameterExceptionHandler(new Failures(world)::usage);
        line.setExecutionExceptionHandler((failure, command, parsed) -> new Failures(world).failed(failure));
    }

    /** The messages of our own readers say what to give. */
    private static <T> T converted(String text, Function<String, T> reader) {
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
