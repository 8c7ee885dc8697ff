package dev.errand.bench.broker;

import dev.errand.ConfigurationException;
import dev.errand.broker.BrokerUrl;
import dev.errand.contract.server.RabbitProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** RabbitMQ: a node of its own with its default settings, and a queue of its own for the bare client. */
final class RabbitKind implements BrokerKind {
    private static final String BOUNDS = """
            - The processor, which server, client and engine share on a small machine, and the queue's log, which is synced before a message
              is confirmed: many at a time when many are under way.
            - Start latency: that sync, then two messages; nobody polls.
            - Delays: a message is stored and synced again at each level that it waits in, two for most delays up to half a minute.
            - A killed worker: the broker sees its connection end at once.
            """;

    @Override
    public String scheme() {
        return "rabbitmq";
    }

    @Override
    public String title() {
        return "RabbitMQ";
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
        if (!RabbitProcess.isPresent()) {
            throw new ConfigurationException(
                    "No RabbitMQ node can be started: " + RabbitProcess.MISSING + ", or give the URL of one that runs");
        }
        RabbitProcess process = RabbitProcess.started();
        return new RabbitSite("amqp://127.0.0.1:" + process.port(), Optional.of(process));
    }

    @Override
    public Site at(BrokerUrl url, String text, Path scratch) {
        return new RabbitSite(text, Optional.empty());
    }

    private record RabbitSite(String url, Optional<RabbitProcess> process) implements Site {
        @Override
        public String name() {
            return "rabbitmq";
        }

        @Override
        public Bare bare() throws Exception {
            return new RabbitBare(url);
        }

        @Override
        public Optional<Server> server() {
            return process.map(RabbitServer::new);
        }

        /** Each is stored again at every level of its delay. */
        @Override
        public int delayed() {
            return 20_000;
        }

        @Override
        public void close() {
            process.ifPresent(RabbitProcess::close);
        }
    }

    private record RabbitServer(RabbitProcess process) implements Site.Server {
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
