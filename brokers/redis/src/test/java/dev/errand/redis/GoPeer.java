package dev.errand.redis;

import dev.errand.contract.server.GoProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real Go program that uses asynq, built from {@code src/test/go}; it speaks JSON, a line each. */
final class GoPeer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Process process;
    private final OutputStream in;
    private final List<JsonNode> said = new CopyOnWriteArrayList<>();
    private final List<String> noise = new CopyOnWriteArrayList<>();
    private int read;

    private GoPeer(Process process) {
        this.process = process;
        this.in = process.getOutputStream();
        Thread.ofPlatform().daemon().name("go-peer").start(this::listen);
    }

    /** Builds the program; the test is skipped, with the reason, where there is no Go or its modules cannot be had. */
    static Path build(Path folder) throws IOException, InterruptedException {
        try {
            return GoProgram.build(Path.of("src", "test", "go"), folder);
        } catch (GoProgram.Missing e) {
            return Assumptions.abort("nothing was tried beside real asynq programs: " + e.getMessage());
        }
    }

    static GoPeer start(Path program, String role, int port, int database, String... more) {
        List<String> command =
                new ArrayList<>(List.of(program.toString(), role, "127.0.0.1:" + port, Integer.toString(database)));
        command.addAll(List.of(more));
        try {
            return new GoPeer(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void listen() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = lines.readLine()) != null) {
                if (line.startsWith("{")) {
                    said.add(JSON.readTree(line));
                } else {
                    noise.add(line);
                }
            }
        } catch (IOException e) {
            noise.add(e.toString());
        }
    }

    GoPeer ready() {
        await("ready", line -> line.path("event").asString("").equals("ready"));
        return this;
    }

    interface Wanted {
        boolean is(JsonNode line);
    }

    /** Waits for a line that it has said or will say. */
    JsonNode await(String what, Wanted wanted) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            for (JsonNode line : said) {
                if (wanted.is(line)) {
                    return line;
                }
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("the Go program does not say " + what + "; it said " + said + " " + noise);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    JsonNode awaitEvent(String event, String id) {
        return await(
                event + " of " + id,
                line -> line.path("event").asString("").equals(event)
                        && line.path("id").asString("").equals(id));
    }

    List<JsonNode> events(String event) {
        return said.stream()
                .filter(line -> line.path("event").asString("").equals(event))
                .toList();
    }

    /** Asks, and waits for the answer. */
    JsonNode ask(Map<String, ?> question) {
        try {
            in.write((JSON.writeValueAsString(question) + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int place = read++;
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (said.size() <= place) {
            if (System.nanoTime() > end || !process.isAlive()) {
                throw new AssertionError("the Go program does not answer; it said " + said + " " + noise);
            }
            LockSupport.parkNanos(1_000_000);
        }
        return said.get(place);
    }

    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
