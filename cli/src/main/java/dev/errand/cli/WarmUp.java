package dev.errand.cli;

import dev.errand.time.Time;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs the usual commands on a broker of its own in a temporary folder: the launcher has the JVM keep the classes that this
 * loads, so that later commands start in half of the time.
 */
public final class WarmUp {
    private WarmUp() {}

    /** Without arguments. */
    public static void main(String[] args) throws IOException {
        Path folder = Files.createTempDirectory("errand-warm-up-");
        try (Time time = Time.system();
                PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            SecureRandom random = new SecureRandom();
            World world = new World(
                    new ByteArrayInputStream(new byte[0]),
                    nowhere,
                    nowhere,
                    Map.of("ERRAND_BROKER", "sqlite:" + folder.resolve("warm-up.db")),
                    Terminal.NONE,
                    time,
                    ZoneOffset.UTC,
                    random,
                    Who.runsThis(),
                    new Brokers(time, random));
            Commands.run(world, "--help");
            Commands.run(world, "enqueue", "warm.up", "{\"a\":[1]}", "--id", "warm-up", "--create");
            Commands.run(world, "queues");
            Commands.run(world, "queues", "--json");
            Commands.run(world, "workers");
            Commands.run(world, "tasks");
            Commands.run(world, "task", "warm-up");
            Commands.run(world, "explain", "warm-up");
            Commands.run(world, "doctor");
            Commands.run(world, "dead", "list");
        } finally {
            remove(folder);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
