package dev.errand.examples.polyglot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** The Go half, built from its source beside this class. Its processes end with this one. */
final class GoProgram {
    private static final List<String> SOURCE = List.of("main.go", "go.mod", "go.sum");
    private static final long STOP_SECONDS = 10;

    private final Path program;

    private GoProgram(Path program) {
        this.program = program;
    }

    /** Builds it in this folder. */
    static GoProgram build(Path folder) throws IOException, InterruptedException {
        for (String file : SOURCE) {
            try (InputStream in = Objects.requireNonNull(GoProgram.class.getResourceAsStream("go/" + file), file)) {
                Files.copy(in, folder.resolve(file));
            }
        }
        Process build;
        try {
            build = new ProcessBuilder("go", "build", "-o", "polyglot", ".")
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new IOException("The Go half cannot be built: install Go 1.24 or newer (" + e.getMessage() + ")", e);
        }
        String said = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (build.waitFor() != 0) {
            throw new IOException("The Go half cannot be built: " + said);
        }
        return new GoProgram(folder.resolve("polyglot"));
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Starts a worker; it serves when this returns. */
    AutoCloseable worker(String redis) throws IOException {
        Process process = start("worker", redis);
        String first = process.inputReader().readLine();
        if (!"ready".equals(first)) {
            process.destroyForcibly();
            throw new IOException("The Go worker did not start; what it says is above");
        }
        return () -> {
            process.getOutputStream().close();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        };
    }

    /** Has Go enqueue so many tasks; answers their ids. */
    List<String> enqueue(String redis, int tasks) throws IOException, InterruptedException {
        Process process = start("client", redis, Integer.toString(tasks));
        List<String> ids = process.inputReader().lines().toList();
        if (process.waitFor() != 0) {
            throw new IOException("The Go client failed; what it says is above");
        }
        return ids;
    }
}
