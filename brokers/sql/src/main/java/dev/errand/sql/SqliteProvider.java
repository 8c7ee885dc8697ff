package dev.errand.sql;

import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerProvider;
import dev.errand.broker.BrokerUrl;
import java.nio.file.Files;
import java.util.Set;

/**
 * Opens the embedded broker: {@code sqlite:path/to/errand.db?synchronous=normal}. The file is made if it is missing, its
 * directory is not. {@code docs/sqlite.md} lists the options.
 */
public final class SqliteProvider implements BrokerProvider {
    /** For {@link java.util.ServiceLoader}. */
    public SqliteProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("sqlite");
    }

    @Override
    public boolean exists(BrokerUrl url) {
        return Files.exists(SqliteOptions.of(url).file());
    }

    @Override
    public Broker open(BrokerUrl url, BrokerContext context) {
        return SqlBroker.open(SqliteOptions.of(url), context);
    }
}
