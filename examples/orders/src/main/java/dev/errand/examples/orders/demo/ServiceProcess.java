package dev.errand.examples.orders.demo;

import dev.errand.examples.orders.Service;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One of the services in a process of its own: started, waited for, stopped, killed. Its output goes into a log file. */
final class ServiceProcess {
    private static final int TAIL = 25;

    private final String name;
    private final Process process;
    private final Instant started = Instant.now();
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private final Deque<String> tail = new ArrayDeque<>();
    private final Thread pump;

    private ServiceProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.pump = Thread.ofVirtual().name(name + "-log").start(() -> pump(log));
    }

    /** Starts it; its log is continued. It stops by itself if this process dies. */
    static ServiceProcess start(
            String name, Class<?> main, List<String> arguments, Map<String, String> environment, Path folder)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                // What killed processes leave behind, such as unpacked native libraries, goes with the folder.
                "-Djava.io.tmpdir=" + folder,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                "--with-parent"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return new ServiceProcess(name, builder.start(), folder.resolve(name + ".log"));
    }

    private void pump(Path log) {
        try (BufferedReader lines =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                PrintStream file = new PrintStream(
                        Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                        true,
                        StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                file.println(line);
                synchronized (tail) {
                    tail.addLast(line);
                    if (tail.size() > TAIL) {
                        tail.removeFirst();
                    }
                }
                if (line.startsWith(Service.READY)) {
                    ready.complete(line.substring(Service.READY.length()));
                }
            }
        } catch (IOException e) {
            // A killed process leaves its pipe like this.
        } finally {
            ready.completeExceptionally(new IOException(name + " has ended"));
        }
    }

    /** Waits until it is ready; answers where it is found. */
    String awaitReady(Duration max) throws DemoFailure, InterruptedException {
        try {
            return ready.get(max.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw died();
        } catch (TimeoutException e) {
            throw new DemoFailure(
                    "The " + name + " process is not ready after " + max.toSeconds() + " s" + lastLines(), e);
        }
    }

    boolean isReady() {
        return ready.isDone() && !ready.isCompletedExceptionally();
    }

    boolean alive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    Duration age() {
        return Duration.between(started, Instant.now());
    }

    /** What to say when it has ended by itself. */
    DemoFailure died() throws InterruptedException {
        process.waitFor(5, TimeUnit.SECONDS);
        pump.join(Duration.ofSeconds(2));
        String code = process.isAlive() ? "" : " with exit code " + process.exitValue();
        return new DemoFailure("The " + name + " process has ended unexpectedly" + code + lastLines(), null);
    }

    private String lastLines() {
        synchronized (tail) {
            return tail.isEmpty() ? "; it has said nothing" : ". Its last lines:\n  " + String.join("\n  ", tail);
        }
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
        pump.join(Duration.ofSeconds(2));
    }

    /** SIGTERM, and SIGKILL if that is not enough; answers whether it was. */
    boolean stop(Duration max) throws InterruptedException {
        process.destroy();
        if (process.waitFor(max.toMillis(), TimeUnit.MILLISECONDS)) {
            pump.join(Duration.ofSeconds(2));
            return true;
        }
        kill();
        return false;
    }
}
