package dev.errand.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs {@code ./errand} as a process, on what Maven has just packaged. */
final class Launcher {
    /** What a command did. */
    record Ran(int exit, String out, String err) {}

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    private final Path folder;

    Launcher(Path folder) throws IOException {
        this.folder = folder;
        // Maven has built everything before this phase: the launcher is told so, and does not start another Maven.
        Files.createDirectories(HOME.resolve("target"));
        Files.writeString(stamp(), "");
    }

    Path stamp() {
        return HOME.resolve("target").resolve("errand-cli.stamp");
    }

    Path path() {
        return HOME.resolve("errand");
    }

    String broker() {
        return "sqlite:" + folder.resolve("errand.db");
    }

    Map<String, String> environment() {
        return Map.of(
                "ERRAND_BROKER",
                broker(),
                "ERRAND_AUDIT",
                folder.resolve("audit.log").toString(),
                "JAVA_HOME",
                System.getProperty("java.home"));
    }

    /** With its results written to a file, or to what acts like one. */
    Ran runInto(Path results, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(path().toString()));
        command.addAll(List.of(arguments));
        Path err = Files.createTempFile(folder, "err", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(results.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment());
        Process process = builder.start();
        process.getOutputStream().close();
        return new Ran(process.waitFor(), "", Files.readString(err));
    }

    Ran run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(path().toString()));
        command.addAll(List.of(arguments));
        Path err = Files.createTempFile(folder, "err", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().putAll(environment());
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), out, Files.readString(err));
    }
}
