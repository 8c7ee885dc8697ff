package dev.errand.bench.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** JMH in a JVM of its own, which needs other arguments than this one. */
public final class JmhProcess {
    private static final int FLAG_SINCE = 23;

    private JmhProcess() {}

    /**
     * Runs the main class, with two arguments: the file that it is to write, and whether it is to be quick.
     *
     * @param said is told each line of its output
     * @throws IOException if it fails
     */
    public static void run(Class<?> main, Path scores, boolean quick, Consumer<String> said)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= FLAG_SINCE) {
            command.add("--sun-misc-unsafe-memory-access=allow"); // JMH uses it; the JVM would warn of that
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(scores.toString(), Boolean.toString(quick)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var lines = process.inputReader()) {
            lines.lines().forEach(said);
        }
        if (process.waitFor() != 0) {
            throw new IOException("JMH failed with status " + process.exitValue() + "; its output is above");
        }
    }
}
