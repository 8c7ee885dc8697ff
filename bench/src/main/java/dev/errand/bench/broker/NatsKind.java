package dev.errand.bench.broker;

import dev.errand.ConfigurationException;
import dev.errand.broker.BrokerUrl;
import dev.errand.contract.server.NatsProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** NATS JetStream: a server of its own with its default settings, and a stream of its own for the bare client. */
final class NatsKind implements BrokerKind {
    private static final String BOUNDS = """
            - The processor, which server, client and engine share on a small machine: each task is a message out, one in and an acknowledgement, each
              handled alone by server and client.
            - Start latency: two round trips, after a blocked wait that the enqueue ends.
            - Tasks due at one instant: the server hands each out twice, and it is stored twice.
            - A killed worker: its tasks run again when its lease, 10 s, has run out.
            """;

    @Override
    public String scheme() {
        return "nats";
    }

    @Override
    public String title() {
        return "NATS JetStream";
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
        if (!NatsProcess.isPresent()) {
            throw new ConfigurationException(
                    "No NATS server can be started: " + NatsProcess.MISSING + ", or give the URL of one that runs");
        }
        NatsProcess process = NatsProcess.started();
        return new NatsSite("nats://127.0.0.1:" + process.port(), Optional.of(process));
    }

    @Override
    public Site at(BrokerUrl url, String text, Path scratch) {
        return new NatsSite(text, Optional.empty());
    }

    private record NatsSite(String url, Optional<NatsProcess> process) implements Site {
        @Override
        public String name() {
            return "nats";
        }

        @Override
        public Bare bare() throws Exception {
            return new NatsBare(url);
        }

        @Override
        public Optional<Server> server() {
            return process.map(NatsServer::new);
        }

        @Override
        public void close() {
            process.ifPresent(NatsProcess::close);
        }
    }

    private record NatsServer(NatsProcess process) implements Site.Server {
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
