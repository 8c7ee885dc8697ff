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
    @ValueSource(
            strings = {
                "redis://u:se?cret@host",
                "redis://u:a=b?cret&cret=1@host",
                "redis://u:a?cret=1&cret=2@host",
                "redis://u:a?cret=%zz@host"
            })
    void aPasswordWithAQuestionMarkIsNotShown(String url) {
        assertThatThrownBy(() -> BrokerUrl.parse(url))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(" of the broker URL ")
                .hasMessageNotContaining("cret")
                .hasMessageNotContaining("host");
    }

    @Test
    void ofAUrlThatAPasswordTearsApartOnlyTheSchemeIsShown() {
        assertThat(BrokerUrl.parse("redis://u:se?c=ret@host").toString()).isEqualTo("redis://***");
        assertThat(BrokerUrl.parse("redis://u:a@sec?r=et@host").toString()).isEqualTo("redis://***");
    }

    @Test
    void aWrongPercentSignIsNamedByItsPlace() {
        assertThatThrownBy(() -> BrokerUrl.parse("sqlite:x?a=1&lock-wait=5%"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("Option 2 of the broker URL has a % that is not followed by two hexadecimal digits;"
                        + " write the % itself as %25");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "errand.db", ":x", "sqlite:x?", "sqlite:x?a", "sqlite:x?a=1&a=2", "sqlite:x?=1"})
    void refusesWhatIsNoUrl(String url) {
        assertThatThrownBy(() -> BrokerUrl.parse(url)).isInstanceOf(ConfigurationException.class);
    }

    /** What is wrong may be a piece of a password, so the message says where it is, not what. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://u:se?cret@host",
                "redis://host?lock=5%cret",
                "redis://host?%cret=5",
                "redis://u:se?cret=1&cret=2@host"
            })
    void aMessageHasNoPieceOfThePassword(String url) {
        assertThatThrownBy(() -> BrokerUrl.parse(url))
                .isInstanceOf(ConfigurationException.class)
                .hasNoCause()
                .message()
                .matches("Option [12] .*")
                .doesNotContain("cret");
    }

    @Test
    void namesTheKnownSchemesWhenOneIsUnknown() {
        assertThatThrownBy(() -> Errand.connect("sqlight:errand.db"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("'sqlight:'")
                .hasMessageContaining("memory");
    }
}
