package dev.errand.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.ConfigurationException;
import dev.errand.Errand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerUrlTest {
    @Test
    void takesUrlsApart() {
        BrokerUrl url = BrokerUrl.parse("SQLite:dir/my errand.db?synchronous=normal&a=b%26c");
        assertThat(url.scheme()).isEqualTo("sqlite");
        assertThat(url.rest()).isEqualTo("dir/my errand.db");
        assertThat(url.options()).containsEntry("synchronous", "normal").containsEntry("a", "b&c");
    }

    @Test
    void neverShowsASecret() {
        BrokerUrl url = BrokerUrl.parse("redis://user:p@ss@host:6379/0?password=hidden");
        assertThat(url.toString()).isEqualTo("redis://***@host:6379/0?password").doesNotContain("p@ss", "hidden");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "errand.db", ":x", "sqlite:x?", "sqlite:x?a", "sqlite:x?a=1&a=2", "sqlite:x?=1"})
    void refusesWhatIsNoUrl(String url) {
        assertThatThrownBy(() -> BrokerUrl.parse(url)).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void namesTheKnownSchemesWhenOneIsUnknown() {
        assertThatThrownBy(() -> Errand.connect("sqlight:errand.db"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("'sqlight:'")
                .hasMessageContaining("memory");
    }
}
