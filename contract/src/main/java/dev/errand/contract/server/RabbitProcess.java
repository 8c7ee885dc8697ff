package dev.errand.contract.server;

import dev.errand.contract.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A RabbitMQ node of our own, on free ports with a folder and an epmd of its own: started, killed, restarted and paused by
 * tests. It ends with this process, however that ends. The programs are those that {@code ERRAND_RABBITMQ} names (Debian's
 * packages, unpacked), or installed ones; {@code ERRAND_RABBITMQ_4} names a folder of the same layout with RabbitMQ 4.
 */
public final class RabbitProcess implements AutoCloseable {
    /** Why tests are skipped where {@link #isPresent} says no. */
    public static final String MISSING =
            "there is no RabbitMQ on this machine: install rabbitmq-server, or let ./verify fetch it";

    /** Why tests are skipped where {@link #isFourPresent} says no. */
    public static final String FOUR_MISSING =
            "there is no RabbitMQ 4: ERRAND_RABBITMQ_4 names a folder with its and Erlang's packages, unpacked";

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Starts a program, writes its process id, and kills it when the standard input ends. */
    private static final String GUARD =
            "file=$1; shift; \"$@\" </dev/null & echo $! >\"$file.new\"; mv \"$file.new\" \"$file\"; cat >/dev/null; kill -9 $!";

    /** After a crash it waits so long, instead of three minutes, for the confirmation of what it has handed on from a delay. */
    private static final String HAND_OVER = "[{rabbit, [{dead_letter_worker_publisher_confirm_timeout, 5000}]}].\n";

    private final Path root;
    private final Path folder;
    private final int port;
    private final int distribution;
    private final int names;
    private final String settings;
    private final String advanced;
    private final Process epmd;
    private @Nullable Process node;
    private int starts;

    private RabbitProcess(Path root, Path folder, String settings, String advanced) throws IOException {
        this.root = root;
        this.folder = folder;
        this.settings = settings;
        this.advanced = advanced;
        this.port = Ports.free();
        this.distribution = Ports.free();
        this.names = Ports.free();
        this.epmd = guarded(
                "epmd",
                erlang(root).resolve("epmd").toString(),
                "-port",
                Integer.toString(names),
                "-address",
                "127.0.0.1");
    }

    /** A running node with the defaults, and the one setting that docs/rabbitmq.md asks for. */
    public static RabbitProcess started() {
        return started("", HAND_OVER);
    }

    /** A running node with further lines for its configuration, and an advanced one. */
    public static RabbitProcess started(String settings, String advanced) {
        return started(root(), settings, advanced);
    }

    /** The same of RabbitMQ 4. */
    public static RabbitProcess startedFour() {
        return started(four(), "", HAND_OVER);
    }

    private static RabbitProcess started(Path root, String settings, String advanced) {
        try {
            RabbitProcess process =
                    new RabbitProcess(root, Files.createTempDirectory("errand-rabbitmq-"), settings, advanced);
            process.start();
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether there is a RabbitMQ to be tried. */
    public static boolean isPresent() {
        return isIn(root());
    }

    /** Whether there is a RabbitMQ 4 to be tried. */
    public static boolean isFourPresent() {
        return isIn(four());
    }

    private static boolean isIn(Path root) {
        return scripts(root).isPresent() && Files.isExecutable(erlang(root).resolve("erl"));
    }

    private static Path four() {
        return Path.of(System.getenv().getOrDefault("ERRAND_RABBITMQ_4", "/nonexistent"));
    }

    /** The one that {@code verify} has fetched, or an installed one, or the one that was fetched before. */
    private static Path root() {
        String named = System.getenv("ERRAND_RABBITMQ");
        Stream<Path> fetched = Stream.of(".errand", "../.errand", "../../.errand")
                .map(directory ->
                        Path.of(directory, "rabbitmq").toAbsolutePath().normalize());
        return Stream.concat(
                        Stream.concat(named == null ? Stream.of() : Stream.of(Path.of(named)), Stream.of(Path.of("/"))),
                        fetched)
                .filter(root -> Files.isDirectory(root.resolve("usr/lib/rabbitmq/lib")))
                .findFirst()
                .orElse(Path.of("/"));
    }

    private static Path erlang(Path root) {
        return root.resolve("usr/lib/erlang/bin");
    }

    private static Optional<Path> scripts(Path root) {
        Path versions = root.resolve("usr/lib/rabbitmq/lib");
        if (!Files.isDirectory(versions)) {
            return Optional.empty();
        }
        try (Stream<Path> all = Files.list(versions)) {
            return all.map(version -> version.resolve("sbin"))
                    .filter(sbin -> Files.exists(sbin.resolve("rabbitmq-server")))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** Where its files are. */
    public Path folder() {
        return folder;
    }

    /** Starts it on the data that it had; returns when it answers. */
    public void start() {
        try {
            Files.createDirectories(folder.resolve("mnesia"));
            Files.writeString(folder.resolve("enabled_plugins"), "[].\n");
            Files.writeString(folder.resolve("advanced.config"), advanced);
            Files.writeString(
                    folder.resolve("rabbitmq.conf"),
                    "listeners.tcp.1 = 127.0.0.1:" + port + "\ndisk_free_limit.absolute = 100MB\n" + settings);
            node = guarded(
                    "node-" + ++starts,
                    "sh",
                    scripts(root).orElseThrow().resolve("rabbitmq-server").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Await.until(() -> "the node has started; it says: " + log(), PATIENCE, () -> {
            if (!process().isAlive()) {
                throw new AssertionError("the node has ended: " + log());
            }
            return log().contains("startup complete");
        });
    }

    private Process guarded(String name, String... program) throws IOException {
        Files.deleteIfExists(pidFile(name));
        List<String> command = new ArrayList<>(
                List.of("sh", "-c", GUARD, "guard", pidFile(name).toString()));
        command.addAll(List.of(program));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile());
        environment(builder.environment());
        return builder.start();
    }

    private void environment(Map<String, String> to) {
        to.keySet().removeIf(name -> name.startsWith("RABBITMQ_") || name.startsWith("ERL_"));
        to.put("PATH", erlang(root) + ":" + to.get("PATH"));
        to.put("HOME", folder.toString());
        to.put("ERL_EPMD_PORT", Integer.toString(names));
        to.put("ERL_EPMD_ADDRESS", "127.0.0.1");
        to.put("RABBITMQ_NODENAME", "errand" + port + "@localhost");
        to.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
        to.put("RABBITMQ_NODE_PORT", Integer.toString(port));
        to.put("RABBITMQ_DIST_PORT", Integer.toString(distribution));
        to.put("RABBITMQ_MNESIA_BASE", folder.resolve("mnesia").toString());
        to.put("RABBITMQ_LOG_BASE", folder.resolve("log").toString());
        to.put("RABBITMQ_LOGS", "-");
        to.put("RABBITMQ_CONFIG_FILE", folder.resolve("rabbitmq").toString());
        to.put(
                "RABBITMQ_ADVANCED_CONFIG_FILE",
                folder.resolve("advanced.config").toString());
        to.put("RABBITMQ_CONF_ENV_FILE", folder.resolve("none").toString());
        to.put(
                "RABBITMQ_ENABLED_PLUGINS_FILE",
                folder.resolve("enabled_plugins").toString());
        to.put("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "+S 2:2 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}");
        // Runs the node in the place of its script, not as a child of it.
        to.put("RUNNING_UNDER_SYSTEMD", "1");
    }

    private Path pidFile(String name) {
        return folder.resolve(name + ".pid");
    }

    private ProcessHandle process() {
        return handle("node-" + starts);
    }

    private ProcessHandle handle(String name) {
        Await.until("the process " + name + " is known", () -> Files.exists(pidFile(name)));
        try {
            long pid = Long.parseLong(Files.readString(pidFile(name)).strip());
            return ProcessHandle.of(pid).orElseThrow(() -> new AssertionError(name + " has ended: " + log()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it has said since it was started last. */
    public String log() {
        try {
            return Files.readString(folder.resolve("node-" + starts + ".log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** SIGKILL; returns when it is dead. */
    public void kill() {
        ProcessHandle victim = process();
        victim.destroyForcibly();
        Await.until("the node is dead", () -> !victim.isAlive());
        end(node);
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
            new ProcessBuilder("kill", "-" + name, Long.toString(process().pid()))
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Ends a guard, and by that what it guards. */
    private static void end(@Nullable Process guard) {
        if (guard == null) {
            return;
        }
        try {
            guard.getOutputStream().close();
            if (!guard.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("a guard does not end");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        end(node);
        end(epmd);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
