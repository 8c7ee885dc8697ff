package dev.errand.bench.broker;

import dev.errand.ConfigurationException;
import dev.errand.broker.BrokerUrl;
import dev.errand.contract.server.RedisProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Redis: a server of its own whose append-only file is synced every second, and a queue of its own for the bare client. */
final class RedisKind implements BrokerKind {
    private static final List<String> SETTINGS =
            List.of("--save", "", "--appendonly", "yes", "--appendfsync", "everysec");

    private static final String BOUNDS = """
            - One caller waits for one round trip and one script for each task, as the bare client does. More callers share both.
            - 64 callers, bulk and drain: the processor, which server, client and driver share on a small machine. A script costs the server some
              microseconds for each task; Redis runs one at a time.
            - Start latency: two round trips, that of the enqueue and that of the take, after a blocked wait that the enqueue ends.
            - Tasks due at one instant: a script moves a thousand at a time while those before run.
            - Ten thousand running tasks: asynq's list of running ones has no index. A batch of outcomes is looked for in a part of it and removed
              in one pass; a task that ends alone, taken long before all the others, costs a scan.
            - A killed worker: its liveness key ends after 3.5 s; then its tasks are taken back.
            """;

    @Override
    public String scheme() {
        return "redis";
    }

    @Override
    public String title() {
        return "Redis";
    }

    @Override
    public boolean commits() {
        return false;
    }

    @Override
    public String bounds() {
        return BOUNDS;
    }

    @Override
    public Site fresh(Path scratch) throws IOException {
        if (!RedisProcess.isPresent()) {
            throw new ConfigurationException(
                    "No Redis can be started: " + RedisProcess.MISSING + ", or give the URL of one that runs");
        }
        RedisProcess process = RedisProcess.in(Folder.make(scratch).path(), SETTINGS);
        return new RedisSite("redis://127.0.0.1:" + process.port(), Optional.of(process));
    }

    @Override
    public Site at(BrokerUrl url, String text, Path scratch) {
        return new RedisSite(text, Optional.empty());
    }

    private record RedisSite(String url, Optional<RedisProcess> process) implements Site {
        @Override
        public String name() {
            return "redis";
        }

        @Override
        public Bare bare() {
            return new RedisBare(url);
        }

        @Override
        public Optional<Wire> wire() {
            return Optional.of(new RedisWire(url));
        }

        @Override
        public Optional<Server> server() {
            return process.map(RedisServer::new);
        }

        @Override
        public void close() {
            process.ifPresent(RedisProcess::close);
        }
    }

    private record RedisServer(RedisProcess process) implements Site.Server {
        @Override
        public void kill() {
            process.kill();
        }

        @Override
        public void restart() {
            process.start();
        }
    }
}
