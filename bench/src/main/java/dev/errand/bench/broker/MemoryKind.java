package dev.errand.bench.broker;

import dev.errand.broker.BrokerUrl;
import java.nio.file.Path;

/** The broker in memory, with room for what a fast machine enqueues in a round. */
final class MemoryKind implements BrokerKind {
    private static final String BOUNDS = """
            The processor, and the engine around the broker: the bare line is a lock and a queue without ids, states, leases or handlers, so its
            ratio says what these cost, not what could be gained. With one, 8 or 64 callers, bare is mostly the hand-over between them and the
            thread of the batcher, which gains nothing where there is no commit to share: those ratios flatter us.
            """;

    private static final String ROOMY = "memory:?max-tasks=50000000";

    @Override
    public String scheme() {
        return "memory";
    }

    @Override
    public String title() {
        return "In memory";
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
    public Site fresh(Path scratch) {
        return new MemorySite(ROOMY);
    }

    @Override
    public Site at(BrokerUrl url, String text, Path scratch) {
        return new MemorySite(url.options().isEmpty() ? ROOMY : text);
    }

    private record MemorySite(String url) implements Site {
        @Override
        public String name() {
            return "memory";
        }

        @Override
        public Bare bare() {
            return new MemoryBare();
        }

        @Override
        public void close() {
            // There is nothing beyond the process.
        }
    }
}
