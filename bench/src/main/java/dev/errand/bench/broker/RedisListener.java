package dev.errand.bench.broker;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The other end of {@link RedisWire}; see {@link Wire#listener}. */
final class RedisListener {
    private static final int WAIT_SECONDS = 1;

    private RedisListener() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Queue<String> came = new ConcurrentLinkedQueue<>();
        RedisClient client = RedisClient.create(arguments[0].replaceFirst("\\?.*", ""));
        RedisCommands<String, String> commands = client.connect().sync();
        Files.createFile(Path.of(arguments[1]));
        Thread end = Thread.ofPlatform().daemon().start(RedisListener::readToTheEnd);
        while (true) {
            KeyValue<String, String> next = commands.brpop(WAIT_SECONDS, RedisWire.LIST);
            if (next != null && next.hasValue()) {
                came.add(next.getValue() + " " + ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
            } else if (!end.isAlive()) {
                break; // nothing is left of what was sent before
            }
        }
        client.shutdown();
        Files.write(Path.of(arguments[2]), came);
    }

    private static void readToTheEnd() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is said; only the end counts.
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
