package dev.errand.contract.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Redis server or sentinel of our own, on a free port of the loopback address. Debian's {@code redis-tools} is enough, and
 * starts no service: its {@code redis-check-rdb} is the server under another name. For one thread, but for {@link #pause},
 * {@link #resume} and {@link #kill}.
 */
public final class RedisProcess implements AutoCloseable {
    /** Why tests are skipped where {@link #isPresent} says no. */
    public static final String MISSING = "there is no Redis on this machine: install redis-server or redis-tools";

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SERVER = "redis-server";
    private static final String SENTINEL = "redis-sentinel";

    private final String role;
    private final Path folder;
    private final int port;
    private final List<String> settings;
    private Running running;

    private RedisProcess(String role, Path folder, List<String> settings) throws IOException {
        this.role = role;
        this.folder = folder;
        this.port = freePort();
        this.settings = List.copyOf(settings);
        this.running = launch();
    }

    /** A server that syncs its append-only file before each answer, with further settings. */
    public static RedisProcess server(String... settings) {
        List<String> all = new ArrayList<>(
                List.of("--save", "", "--appendonly", "yes", "--appendfsync", "always", "--databases", "2000"));
        all.addAll(List.of(settings));
        return in(temporary(), all);
    }

    /** A server with these settings alone, whose files are in a folder of its own, which it removes when it is closed. */
    public static RedisProcess in(Path folder, List<String> settings) {
        try {
            return new RedisProcess(SERVER, folder, settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A sentinel that watches a master of this machine, and takes it for dead after a second without an answer. */
    public static RedisProcess sentinel(String master, int masterPort, int quorum) {
        Path folder = temporary();
        try {
            Files.writeString(folder.resolve("sentinel.conf"), """
                    sentinel monitor %1$s 127.0.0.1 %2$d %3$d
                    sentinel down-after-milliseconds %1$s 1000
                    sentinel failover-timeout %1$s 10000
                    """.formatted(master, masterPort, quorum));
            return new RedisProcess(SENTINEL, folder, List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("errand-redis-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port of the loopback address that nobody listens on. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether there is a Redis to be started. */
    public static boolean isPresent() {
        return Programs.find(SERVER).or(() -> Programs.find("redis-check-rdb")).isPresent();
    }

    private Path program() throws IOException {
        Path named = Programs.find(role).orElse(folder.resolve(role));
        return Files.exists(named)
                ? named
                : Files.createSymbolicLink(
                        named, Programs.find("redis-check-rdb").orElseThrow(() -> new IOException(MISSING)));
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** The process id, another one after each start. */
    public long pid() {
        return running.pid();
    }

    /** Where its files are. */
    public Path folder() {
        return folder;
    }

    /** Starts it again after {@link #kill}, on what it has stored; returns when it takes connections. */
    public void start() {
        try {
            running = launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it again after {@link #kill} with more settings, and does not wait until it has loaded what it has stored. */
    public void startLoading(String... more) {
        try {
            List<String> command = command();
            command.addAll(List.of(more));
            running = Running.start(command, folder.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> command() throws IOException {
        List<String> command = new ArrayList<>(List.of(program().toString()));
        if (role.equals(SENTINEL)) {
            command.add(folder.resolve("sentinel.conf").toString());
        }
        command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1", "--dir", folder.toString()));
        command.addAll(settings);
        return command;
    }

    private Running launch() throws IOException {
        Running fresh = Running.start(command(), folder.resolve("log"));
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!answers()) {
            if (!fresh.isAlive() || System.nanoTime() > end) {
                fresh.kill();
                throw new AssertionError("the server does not answer: " + log());
            }
            Thread.onSpinWait();
        }
        return fresh;
    }

    /** What it has said. */
    public String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(1_000);
            OutputStream out = socket.getOutputStream();
            out.write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String said = new String(in.readNBytes(7), StandardCharsets.US_ASCII);
            return said.startsWith("+PONG") || said.startsWith("-NOAUTH");
        } catch (IOException e) {
            return false;
        }
    }

    /** SIGKILL; returns when it is dead. */
    public void kill() {
        running.kill();
    }

    /** SIGSTOP: it stands still until {@link #resume}. */
    public void pause() {
        running.signal("STOP");
    }

    /** SIGCONT. */
    public void resume() {
        running.signal("CONT");
    }

    /** Kills it and removes its folder. */
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

    /** A process and, beside it, a shell that kills it when this JVM has ended, however that came. */
    private record Running(Process process, Process guard) {
        static Running start(List<String> command, Path log) throws IOException {
            List<String> all = new ArrayList<>();
            // Ctrl-C reaches the whole group of the terminal; when the server ends is this process's business.
            Programs.find("setsid").ifPresent(setsid -> all.add(setsid.toString()));
            all.addAll(command);
            Process process = new ProcessBuilder(all)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            Process guard = new ProcessBuilder(
                            "sh", "-c", "trap '' INT TERM HUP; read -r _; kill -9 " + process.pid() + " 2>/dev/null")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new Running(process, guard);
        }

        long pid() {
            return process.pid();
        }

        boolean isAlive() {
            return process.isAlive();
        }

        void kill() {
            // First the guard: when the server is gone its process id may become another's.
            guard.destroyForcibly();
            process.destroyForcibly();
            try {
                if (!guard.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        || !process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    throw new AssertionError("the server does not die");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }

        void signal(String name) {
            try {
                int status = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor();
                if (status != 0) {
                    throw new AssertionError("the signal " + name + " could not be sent");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }
}
