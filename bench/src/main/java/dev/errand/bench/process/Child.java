package dev.errand.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own on this one's class path, with its output in a file. It is to end when its standard input does, which
 * also happens when this process dies.
 */
public final class Child implements AutoCloseable {
    private static final int TAIL = 20;

    private final String name;
    private final Process process;
    private final Path output;

    private Child(String name, Process process, Path output) {
        this.name = name;
        this.process = process;
        this.output = output;
    }

    /** Starts {@code main}; its output is appended to {@code name.log} in {@code folder}. */
    public static Child start(String name, Path folder, List<String> jvmOptions, Class<?> main, List<String> arguments)
            throws IOException {
        // Ctrl-C reaches the whole group of the terminal; what becomes of the children is this process's business.
        List<String> command = new ArrayList<>(List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        Path output = folder.resolve(name + ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
        return new Child(name, process, output);
    }

    /** What it was called at the start. */
    public String name() {
        return name;
    }

    /** Whether it lives; one that stands still does. */
    public boolean alive() {
        return process.isAlive();
    }

    /** SIGKILL; returns when it is dead. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** SIGTERM; does not wait. */
    public void terminate() {
        process.destroy();
    }

    /** Ends its standard input, at which it stops in good order; does not wait. */
    public void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** SIGSTOP: everything in it stands still until {@link #thaw}. */
    public void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    public void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        if (!process.isAlive()) {
            return; // its process id may be another's by now
        }
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Waits until it has ended; whether it has. */
    public boolean awaitEnd(Duration max) throws InterruptedException {
        return process.waitFor(max.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** That it has ended, or does not do what it should, with its last lines. */
    public IOException trouble(String what) throws IOException {
        List<String> lines = Files.exists(output) ? Files.readAllLines(output) : List.of();
        String tail = String.join("\n  ", lines.subList(Math.max(0, lines.size() - TAIL), lines.size()));
        return new IOException("The process " + name + " " + what + (tail.isEmpty() ? "" : "; it says:\n  " + tail));
    }

    /** Kills it if it still lives. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
