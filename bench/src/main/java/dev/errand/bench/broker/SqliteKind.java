package dev.errand.bench.broker;

import dev.errand.Errand;
import dev.errand.broker.BrokerUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/** SQLite: a file, and another one for the bare client. */
final class SqliteKind implements BrokerKind {
    private static final String BOUNDS = """
            - One caller waits for one sync of the disk for each task, as the bare client does. More callers share it.
            - 64 callers, bulk and drain: the processor. One thread writes for everybody; each task is a row in several indexes.
            - Start latency: one sync, as the take shares the commit of the enqueue; then a wake-up, across processes through a socket.
            - Tasks due at one instant: they are made ready a thousand at a time, each time with a sync, and run meanwhile.
            - A million waiting tasks: a take reads the front of an index, however many are behind it. Counts read all of that index.
            """;

    @Override
    public String scheme() {
        return "sqlite";
    }

    @Override
    public String title() {
        return "SQLite";
    }

    @Override
    public boolean commits() {
        return true;
    }

    @Override
    public String bounds() {
        return BOUNDS;
    }

    @Override
    public Site fresh(Path scratch) {
        return new SqliteSite("sqlite:" + scratch.resolve("errand.db"), scratch, Map.of(), Optional.empty());
    }

    @Override
    public Site at(BrokerUrl url, String text, Path scratch) throws IOException {
        Path parent = Path.of(url.rest()).toAbsolutePath().getParent();
        Folder beside = Folder.make(parent == null ? scratch : parent);
        return new SqliteSite(text, beside.path(), url.options(), Optional.of(beside));
    }

    private record SqliteSite(String url, Path folder, Map<String, String> options, Optional<Folder> made)
            implements Site {
        @Override
        public String name() {
            return "sqlite";
        }

        /** In a file whose tables the broker itself has made, so that both have the same ones. */
        @Override
        public Bare bare() throws IOException, SQLException {
            Path file = Folder.make(folder).path().resolve("bare.db");
            Errand.connect("sqlite:" + file).close();
            return new SqliteBare(file, options);
        }

        @Override
        public void close() throws IOException {
            if (made.isPresent()) {
                made.get().close();
            }
        }
    }
}
