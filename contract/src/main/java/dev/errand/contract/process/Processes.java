package dev.errand.contract.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The processes of one test: it starts them from its own class path, reads their {@link Journal}, opens gates for their
 * tasks, and ends them all when it is closed, whatever has happened.
 */
public final class Processes implements AutoCloseable {
    static final String GATE_SUFFIX = ".gate";

    private final Path directory;
    private final List<TestProcess> started = new ArrayList<>();

    /** Without any process yet; uses a temporary directory. */
    public Processes() {
        try {
            directory = Files.createTempDirectory("errand-processes-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a {@link WorkerMain} on the broker at {@code url}. */
    public TestProcess worker(String url, String... options) {
        return start(WorkerMain.class, url, options);
    }

    /** Starts an {@link EnqueueMain} on the broker at {@code url}. */
    public TestProcess caller(String url, String... options) {
        return start(EnqueueMain.class, url, options);
    }

    private TestProcess start(Class<?> main, String url, String... options) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                // What killed processes leave behind, such as unpacked native libraries, goes with the folder.
                "-Djava.io.tmpdir=" + directory,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                url,
                directory.toString()));
        command.addAll(List.of(options));
        File output = directory.resolve("process-" + started.size() + ".log").toFile();
        try {
            TestProcess process = new TestProcess(
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output)
                            .start(),
                    output.toPath(),
                    journal());
            started.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What all of them did. */
    public Journal journal() {
        return new Journal(directory);
    }

    /** Lets the tasks that wait at this gate go on, now and later. */
    public void open(String gate) {
        try {
            Files.createFile(directory.resolve(gate + GATE_SUFFIX));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills all that still run, and removes the directory. */
    @Override
    public void close() {
        started.forEach(TestProcess::kill);
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
