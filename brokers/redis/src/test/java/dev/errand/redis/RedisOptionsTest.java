package dev.errand.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.ConfigurationException;
import dev.errand.broker.BrokerUrl;
import dev.errand.broker.Durability;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisOptionsTest {
    private static RedisOptions of(String url) {
        return RedisOptions.of(BrokerUrl.parse(url));
    }

    @Test
    void aHostIsEnough() {
        RedisOptions options = of("redis://cache");
        assertThat(options.uri().getHost()).isEqualTo("cache");
        assertThat(options.uri().getPort()).isEqualTo(6379);
        assertThat(options.uri().getDatabase()).isZero();
        assertThat(options.uri().isSsl()).isFalse();
        assertThat(options.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.durability()).isNull();
    }

    @Test
    void everythingCanBeSaid() {
        RedisOptions options =
                of("rediss://me:p%40ss+word@10.0.0.1:7000/3?timeout=500ms&blocking=2&durability=os-crash&verify=false");
        assertThat(options.uri().getHost()).isEqualTo("10.0.0.1");
        assertThat(options.uri().getPort()).isEqualTo(7000);
        assertThat(options.uri().getDatabase()).isEqualTo(3);
        assertThat(options.uri().isSsl()).isTrue();
        assertThat(options.uri().isVerifyPeer()).isFalse();
        // That the server is told both is tried in RedisTlsIT.
        assertThat(options.uri().toString()).contains("me:").doesNotContain("p@ss+word");
        assertThat(RedisOptions.decode("p%40ss+word")).isEqualTo("p@ss+word");
        assertThat(options.timeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(options.blocking()).isEqualTo(2);
        assertThat(options.durability()).isEqualTo(Durability.OS_CRASH);
    }

    @Test
    void sentinelsAreNamed() {
        RedisOptions options = of("redis-sentinel://:secret@a,b:26380/1?master=mymaster");
        assertThat(options.uri().getSentinelMasterId()).isEqualTo("mymaster");
        assertThat(options.uri().getSentinels())
                .extracting(s -> s.getHost() + ":" + s.getPort())
                .containsExactly("a:26379", "b:26380");
        assertThat(options.uri().getDatabase()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis:cache",
                "redis://",
                "redis://cache:99999",
                "redis://cache/x",
                "redis://cache?unknown=1",
                "redis://cache?timeout=5",
                "redis://cache?blocking=-1",
                "redis://cache?durability=best",
                "redis://cache?tls=maybe",
                "redis-sentinel://a,b"
            })
    void whatCannotBeIsRefusedWithARemedyAndWithoutThePassword(String url) {
        assertThatThrownBy(() -> of(url.replace("//", "//:hunter2@")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageNotContaining("hunter2");
    }
}
