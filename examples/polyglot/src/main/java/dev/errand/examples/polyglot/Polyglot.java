package dev.errand.examples.polyglot;

import dev.errand.Errand;
import dev.errand.ErrandException;
import dev.errand.TaskId;
import dev.errand.Worker;
import dev.errand.examples.polyglot.Thumbnails.Photo;
import dev.errand.examples.polyglot.Thumbnails.Thumbnail;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code polyglot}. */
@Command(
        name = "polyglot",
        description = {
            "Asks for thumbnails from Java and from Go, has a Java worker and a Go worker make them, and shows who made whose.",
            "Needs a Redis, and Go to build its Go half."
        },
        sortOptions = false,
        usageHelpWidth = 110)
public final class Polyglot implements Callable<Integer> {
    private static final int AT_ONCE = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Who asked for how many, and who made them: {@code counts.get("Go").get("Java")}. */
    record Result(Map<String, Map<String, Integer>> counts) {}

    @Option(
            names = "--broker",
            paramLabel = "URL",
            defaultValue = "${env:ERRAND_BROKER:-redis://localhost:6379}",
            description = "the Redis; redis://localhost:6379 by default, or what ERRAND_BROKER says")
    private String broker = "";

    @Option(names = "--tasks", paramLabel = "N", description = "how many each language asks for; ${DEFAULT-VALUE}")
    private int tasks = 50;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this")
    boolean help;

    private final PrintStream out;

    Polyglot(PrintStream out) {
        this.out = out;
    }

    /** Runs it. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Polyglot(System.out))
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    if (!(e instanceof ErrandException) && !(e instanceof IOException)) {
                        throw e;
                    }
                    line.getErr().println("polyglot: " + e.getMessage());
                    return 1;
                })
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        show(run(broker, tasks));
        return 0;
    }

    /** Runs both halves on this Redis until every thumbnail is made. */
    static Result run(String redis, int tasks) throws Exception {
        Path folder = Files.createTempDirectory("errand-polyglot-");
        try (Errand errand = Errand.connect(redis)) {
            GoProgram go = GoProgram.build(folder);
            try (AutoCloseable goWorker = go.worker(redis);
                    Worker javaWorker = errand.worker()
                            .concurrency(AT_ONCE)
                            .handle(Thumbnails.MAKE, (photo, task) -> make(photo))
                            .start()) {
                Map<String, List<TaskId>> asked = new LinkedHashMap<>();
                asked.put("Java", enqueue(errand, tasks));
                asked.put(
                        "Go", go.enqueue(redis, tasks).stream().map(TaskId::of).toList());
                Result result = await(errand, asked);
                javaWorker.close();
                goWorker.close();
                return result;
            }
        } finally {
            remove(folder);
        }
    }

    private static Thumbnail make(Photo photo) throws InterruptedException {
        Thread.sleep(50); // the work
        String name = photo.file().replaceFirst("[.]jpg$", "");
        return new Thumbnail(name + "-" + photo.width() + ".jpg", "Java");
    }

    private static List<TaskId> enqueue(Errand errand, int tasks) {
        List<TaskId> ids = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            ids.add(errand.enqueue(Thumbnails.MAKE, new Photo("java/" + i + ".jpg", 320))
                    .id());
        }
        return ids;
    }

    private static Result await(Errand errand, Map<String, List<TaskId>> asked) throws InterruptedException {
        Map<String, Map<String, Integer>> counts = new LinkedHashMap<>();
        for (Map.Entry<String, List<TaskId>> each : asked.entrySet()) {
            Map<String, Integer> makers = new LinkedHashMap<>(Map.of("Java", 0, "Go", 0));
            for (TaskId id : each.getValue()) {
                Thumbnail made = errand.tasks().await(Thumbnails.MAKE, id, PATIENCE);
                makers.merge(made.madeBy(), 1, Integer::sum);
            }
            counts.put(each.getKey(), makers);
        }
        return new Result(counts);
    }

    private void show(Result result) {
        out.println("asked for by   made by Java   made by Go");
        result.counts()
                .forEach((language, makers) ->
                        out.printf("%-12s %14d %12d%n", language, makers.get("Java"), makers.get("Go")));
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
