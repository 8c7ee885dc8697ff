package dev.errand.bench.broker;

import dev.errand.ConfigurationException;
import dev.errand.contract.server.GoProgram;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Go's asynq: a client and a server of its own public module, built by the Go toolchain. */
final class AsynqPeer implements Peer {
    static final String NAME = "asynq";
    private static final List<String> SOURCE = List.of("main.go", "go.mod", "go.sum");
    private static final String QUEUE = "bench-asynq";

    private final Path program;

    private AsynqPeer(Path program) {
        this.program = program;
    }

    /** Builds it in this folder; throws {@link ConfigurationException} where there is no Go. */
    static AsynqPeer build(Path folder) throws IOException, InterruptedException {
        Path source = Files.createDirectory(folder.resolve("asynq-source"));
        for (String file : SOURCE) {
            try (InputStream in = Objects.requireNonNull(
                    AsynqPeer.class.getResourceAsStream("/go/asynq/" + file), () -> "there is no " + file)) {
                Files.copy(in, source.resolve(file));
            }
        }
        try {
            return new AsynqPeer(GoProgram.build(source, folder));
        } catch (GoProgram.Missing e) {
            throw new ConfigurationException("asynq cannot be measured here: " + e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Measured enqueue(Site site, int callers, double seconds) throws IOException, InterruptedException {
        return run("enqueue", site, Integer.toString(callers), Double.toString(seconds));
    }

    @Override
    public Measured drain(Site site, int tasks, int concurrency) throws IOException, InterruptedException {
        return run("drain", site, Integer.toString(tasks), Integer.toString(concurrency));
    }

    private Measured run(String what, Site site, String first, String second) throws IOException, InterruptedException {
        String url = site.url().replaceFirst("\\?.*", "");
        Process process = new ProcessBuilder(program.toString(), what, url, QUEUE, first, second)
                .redirectErrorStream(true)
                .start();
        try (var lines = process.inputReader()) {
            List<String> said = lines.lines().toList();
            if (process.waitFor() != 0 || said.isEmpty()) {
                throw new IOException("asynq's " + what + " failed: " + String.join("; ", said));
            }
            String[] words = said.getLast().split(" ");
            return new Measured(Long.parseLong(words[0]), Double.parseDouble(words[1]));
        } finally {
            process.destroyForcibly();
        }
    }
}
