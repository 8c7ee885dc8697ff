package dev.errand.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.ConfigurationException;
import dev.errand.broker.BrokerUrl;
import dev.errand.broker.Durability;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NatsOptionsTest {
    private static NatsOptions of(String url) {
        return NatsOptions.of(BrokerUrl.parse(url));
    }

    @Test
    void defaults() {
        NatsOptions options = of("nats://nats.internal");
        assertThat(options.servers()).containsExactly("nats://nats.internal:4222");
        assertThat(options.prefix()).isEqualTo("errand");
        assertThat(options.lease()).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.declare()).isTrue();
        assertThat(options.replicas()).isEqualTo(1);
        assertThat(options.tls()).isNull();
        assertThat(options.durability()).isNull();
    }

    @Test
    void everything() {
        NatsOptions options = of("tls://me:p%40ss@a:1,b?prefix=shop&lease=3s&timeout=500ms&duplicates=5m&replicas=3"
                + "&declare=false&foreign-type=any&durability=os-crash&domain=hub&truststore=/t.p12");
        assertThat(options.servers()).containsExactly("tls://a:1", "tls://b:4222");
        assertThat(options.login().user()).isEqualTo("me");
        assertThat(options.login().password()).isEqualTo("p@ss");
        assertThat(options.prefix()).isEqualTo("shop");
        assertThat(options.lease()).isEqualTo(Duration.ofSeconds(3));
        assertThat(options.timeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(options.duplicates()).isEqualTo(Duration.ofMinutes(5));
        assertThat(options.replicas()).isEqualTo(3);
        assertThat(options.declare()).isFalse();
        assertThat(options.foreignType()).isEqualTo("any");
        assertThat(options.durability()).isEqualTo(Durability.OS_CRASH);
        assertThat(options.domain()).isEqualTo("hub");
        assertThat(options.toString()).doesNotContain("p@ss");
    }

    @Test
    void aNameAloneIsAToken() {
        assertThat(of("nats://s3cret@host").login().token()).isEqualTo("s3cret");
        assertThat(of("nats://host?token=s3cret").login().token()).isEqualTo("s3cret");
    }

    @ParameterizedTest
    @CsvSource({
        "nats://host?prefix=a.b, prefix",
        "nats://host?lease=10, lease",
        "nats://host?lease=500ms, lease",
        "nats://host?lease=2000m, lease",
        "nats://host?replicas=9, replicas",
        "nats://host?declare=maybe, declare",
        "nats://host?durability=total, durability",
        "nats://host?nonsense=1, nonsense",
        "nats://host:99999, host:4222",
        "nats:host, nats://user",
        "nats://host/path, nats://user",
        "nats://me:secret@host?token=other, more than one",
        "nats://host?truststore=/t.p12, tls://",
    })
    void whatIsWrongIsNamedAndNothingSecretSaid(String url, String named) {
        assertThatThrownBy(() -> of(url))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(named)
                .hasMessageNotContaining("secret");
    }
}
