package dev.errand.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Address;
import dev.errand.ConfigurationException;
import dev.errand.broker.BrokerUrl;
import dev.errand.broker.Durability;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a URL may say. */
class RabbitOptionsTest {
    private static RabbitOptions of(String url) {
        return RabbitOptions.of(BrokerUrl.parse(url));
    }

    @Test
    void aHostIsEnough() {
        RabbitOptions options = of("amqp://queue.internal");
        assertThat(options.hosts()).containsExactly(new Address("queue.internal", 5672));
        assertThat(options.user()).isEqualTo("guest");
        assertThat(options.password()).isEqualTo("guest");
        assertThat(options.vhost()).isEqualTo("/");
        assertThat(options.tls()).isNull();
        assertThat(options.prefix()).isEqualTo("errand");
        assertThat(options.delays()).isEqualTo("errand.delay");
        assertThat(options.declares()).isTrue();
        assertThat(options.ackTimeout()).contains(Duration.ofMinutes(30));
        assertThat(options.durability()).isEqualTo(Durability.OS_CRASH);
    }

    @Test
    void everythingCanBeSaid() {
        RabbitOptions options = of(
                "amqps://us%40er:p%3Ass@a:1,[::1]:2,c/the%2Fhost?prefix=shop&delays=all&topology=check"
                        + "&timeout=2s&heartbeat=1m&ack-timeout=2h&verify=false&durability=node-loss&type-header=task&foreign-type=any");
        assertThat(options.hosts()).containsExactly(new Address("a", 1), new Address("::1", 2), new Address("c", 5671));
        assertThat(options.user()).isEqualTo("us@er");
        assertThat(options.password()).isEqualTo("p:ss");
        assertThat(options.vhost()).isEqualTo("the/host");
        assertThat(options.tls()).isNotNull();
        assertThat(options.tls().verify()).isFalse();
        assertThat(options.prefix()).isEqualTo("shop");
        assertThat(options.delays()).isEqualTo("all");
        assertThat(options.declares()).isFalse();
        assertThat(options.timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(options.heartbeat()).isEqualTo(Duration.ofMinutes(1));
        assertThat(options.ackTimeout()).contains(Duration.ofHours(2));
        assertThat(options.durability()).isEqualTo(Durability.NODE_LOSS);
        assertThat(options.typeHeader()).isEqualTo("task");
        assertThat(options.foreignType()).isEqualTo("any");
    }

    @Test
    void anAcknowledgementTimeoutCanBeAbsent() {
        assertThat(of("amqp://h?ack-timeout=none").ackTimeout()).isEmpty();
    }

    @Test
    void secretsAreNotShown() {
        assertThat(of("amqp://user:secret@h/vhost?prefix=p").toString())
                .contains("h/vhost")
                .doesNotContain("secret")
                .doesNotContain("user");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amqp:h",
                "amqp://",
                "amqp://h/a/b",
                "amqp://h:0",
                "amqp://h:70000",
                "amqp://h:x",
                "amqp://h?unknown=1",
                "amqp://h?timeout=5",
                "amqp://h?timeout=0s",
                "amqp://h?ack-timeout=never",
                "amqp://h?topology=maybe",
                "amqp://h?verify=yes",
                "amqp://h?durability=perfect",
                "amqp://h?prefix=.dot",
                "amqp://h?prefix=a%20b",
                "amqp://h?prefix=a%23"
            })
    void whatIsWrongIsRefused(String url) {
        assertThatThrownBy(() -> of(url)).isInstanceOf(ConfigurationException.class);
    }

    @ParameterizedTest
    @CsvSource({"mail, errand.q.mail", "sub:stock, errand.q.sub:stock", "a.b-c_d, errand.q.a.b-c_d"})
    void plainNamesAreKept(String name, String physical) {
        assertThat(new Layout(of("amqp://h")).queue(name)).isEqualTo(physical);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "*", "#", ".x", "é", "a/b", "xxxxxxxxxx"})
    void otherNamesAreHashedAndStayApart(String name) {
        Layout layout = new Layout(of("amqp://h"));
        String odd = name.startsWith("xx") ? name.repeat(20) : name;
        assertThat(layout.queue(odd)).matches("errand\\.q\\.~[0-9a-f]{32}").isNotEqualTo(layout.queue(odd + "!"));
        assertThat(layout.dueKey(layout.queue(odd)).length()).isLessThan(256);
    }
}
