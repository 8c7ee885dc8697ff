package dev.errand.sql;

import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerUrl;
import dev.errand.contract.BrokerFixture;
import dev.errand.contract.BrokerInstance;
import dev.errand.contract.Facility;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** A file in a directory of its own for each test. */
final class SqliteFixture implements BrokerFixture {
    @Override
    public String name() {
        return "sqlite";
    }

    @Override
    public Set<Facility> facilities() {
        return EnumSet.complementOf(EnumSet.of(Facility.RESTART, Facility.CUT));
    }

    @Override
    public BrokerInstance create() {
        try {
            return new Instance(Files.createTempDirectory("errand-sqlite-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Instance(Path dir) implements BrokerInstance {
        @Override
        public Broker open(BrokerContext context) {
            return new SqliteProvider().open(BrokerUrl.parse(address()), context);
        }

        private String address() {
            return "sqlite:" + dir.resolve("errand.db");
        }

        @Override
        public Optional<String> url() {
            return Optional.of(address());
        }

        @Override
        public void close() {
            try (var files = Files.list(dir)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
                Files.delete(dir);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
