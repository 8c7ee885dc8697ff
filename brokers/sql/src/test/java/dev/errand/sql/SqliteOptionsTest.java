package dev.errand.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.ConfigurationException;
import dev.errand.broker.BrokerUrl;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqliteOptionsTest {
    @Test
    void defaultsAreTheSafeOnes() {
        assertThat(of("sqlite:errand.db"))
                .isEqualTo(new SqliteOptions(Path.of("errand.db"), true, Duration.ofSeconds(10), false, 32));
    }

    @Test
    void readsEveryOption() {
        assertThat(of("sqlite:/data/e.db?synchronous=normal&lock-wait=500ms&allow-network-filesystem=true&cache-mb=8"))
                .isEqualTo(new SqliteOptions(Path.of("/data/e.db"), false, Duration.ofMillis(500), true, 8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    sqlite:                              | sqlite:errand.db
                    sqlite::memory:                      | memory:
                    sqlite:file:x.db                     | path alone
                    sqlite://host/x.db                   | from the root
                    sqlite:x.db?speed=high               | allow-network-filesystem, cache-mb, lock-wait, synchronous
                    sqlite:x.db?synchronous=off          | full
                    sqlite:x.db?lock-wait=soon           | 10s
                    sqlite:x.db?lock-wait=0s             | 10s
                    sqlite:x.db?cache-mb=none            | MiB
                    sqlite:x.db?allow-network-filesystem=perhaps | true or false
                    """)
    void refusesTheRestWithARemedy(String url, String remedy) {
        assertThatThrownBy(() -> of(url))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(remedy);
    }

    private static SqliteOptions of(String url) {
        return SqliteOptions.of(BrokerUrl.parse(url));
    }
}
