package dev.errand.contract.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A NATS server of our own, on a free port of the loopback address with a folder of its own: started, killed, restarted and
 * paused by tests. It ends with the JVM of the test, however that ends: it reads from us what never comes, and a shell kills it
 * when that is over.
 */
public final class NatsProcess implements AutoCloseable {
    /** Why tests are skipped where {@link #isPresent} says no. */
    public static final String MISSING = "there is no nats-server on this machine: install it, or let verify fetch it";

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Ends the server when its standard input ends. */
    private static final String GUARD = "\"$@\" </dev/null & server=$!; echo $server; cat >/dev/null; kill -9 $server";

    private final Path folder;
    private final int port;
    private final List<String> settings;
    private @Nullable Process guard;
    private long pid;

    private NatsProcess(Path folder, int port, List<String> settings) {
        this.folder = folder;
        this.port = port;
        this.settings = settings;
    }

    /** A server with JetStream and further settings. */
    public static NatsProcess started(String... settings) {
        try {
            NatsProcess server =
                    new NatsProcess(Files.createTempDirectory("errand-nats-"), Ports.free(), List.of(settings));
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether there is a server to be tried. */
    public static boolean isPresent() {
        return program().isPresent();
    }

    /** The one that {@code verify} has fetched, or one on the path, or the one that was fetched before. */
    private static Optional<Path> program() {
        String named = System.getenv("ERRAND_NATS");
        Stream<Path> installed = Stream.concat(
                        Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin", "/usr/local/bin"))
                .map(directory -> Path.of(directory, "nats-server"));
        Stream<Path> fetched = Stream.of(".errand", "../.errand", "../../.errand")
                .map(directory -> Path.of(directory, "nats", "nats-server"));
        return Stream.concat(named == null ? Stream.of() : Stream.of(Path.of(named)), Stream.concat(installed, fetched))
                .filter(Files::isExecutable)
                .map(Path::toAbsolutePath)
                .findFirst();
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** Starts it again on the same data; returns when it answers. */
    public void start() {
        try {
            Files.deleteIfExists(folder.resolve("log"));
            List<String> command = new ArrayList<>(List.of("sh", "-c", GUARD, "sh"));
            command.addAll(
                    List.of(program().orElseThrow().toString(), "-a", "127.0.0.1", "-p", Integer.toString(port)));
            command.addAll(List.of("-js", "-sd", folder.resolve("store").toString()));
            command.addAll(List.of("-l", folder.resolve("log").toString()));
            command.addAll(settings);
            Process started = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("errors").toFile()))
                    .start();
            guard = started;
            pid = Long.parseLong(started.inputReader(StandardCharsets.US_ASCII).readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!log().contains("Server is ready")) {
            if (!isAlive() || System.nanoTime() > end) {
                throw new AssertionError("the server does not start: " + log());
            }
            Thread.onSpinWait();
        }
    }

    private boolean isAlive() {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private String log() {
        try {
            Path file = folder.resolve("log");
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** SIGKILL; returns when it is dead. */
    public void kill() {
        Process process = guard;
        if (process == null) {
            return;
        }
        signal("KILL");
        try {
            // The shell ends when it has nothing to read any more, and has waited for nobody: so both are gone.
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the server does not die");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** SIGSTOP. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
