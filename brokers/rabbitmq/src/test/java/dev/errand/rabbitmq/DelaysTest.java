package dev.errand.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.broker.BrokerUrl;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A delay as a way through the levels. */
class DelaysTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private final Layout layout = new Layout(RabbitOptions.of(BrokerUrl.parse("amqp://h")));
    private final Delays delays = new Delays(layout);

    private Delays.Address after(Duration delay) {
        return delays.to("errand.q.mail", NOW.plus(delay), NOW);
    }

    /** The sum of what it waits in the queues of its digits. */
    private static Duration held(Delays.Address way) {
        String[] digits = way.key().split("\\.", -1);
        long millis = 0;
        for (int i = 0; i < digits.length - 2; i++) {
            millis += Level.ALL.get(i).millis(Integer.parseInt(digits[i]));
        }
        return Duration.ofMillis(millis);
    }

    @Test
    void noDelayIsTheQueueItself() {
        Delays.Address direct = new Delays.Address("", "errand.q.mail");
        assertThat(after(Duration.ZERO)).isEqualTo(direct);
        assertThat(after(Duration.ofDays(-1))).isEqualTo(direct);
        assertThat(delays.to("errand.q.mail", Instant.EPOCH, NOW)).isEqualTo(direct);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 124, 125, 126, 250, 1_000, 59_999, 86_400_000, 31_622_400_000L})
    void itIsHeldAtLeastSoLongAndLessThanOneLevelLonger(long millis) {
        Delays.Address way = after(Duration.ofMillis(millis));
        assertThat(held(way)).isBetween(Duration.ofMillis(millis), Duration.ofMillis(millis + 124));
        assertThat(way.key()).endsWith(".errand.q~mail");
    }

    @Test
    void itBeginsAtTheHighestLevelThatItNeeds() {
        assertThat(after(Duration.ofMillis(1)).exchange()).isEqualTo("errand.delay.0");
        assertThat(after(Duration.ofMillis(125 * 15)).exchange()).isEqualTo("errand.delay.0");
        assertThat(after(Duration.ofSeconds(2)).exchange()).isEqualTo("errand.delay.1");
        assertThat(after(Duration.ofSeconds(32)).exchange()).isEqualTo("errand.delay.2");
        assertThat(after(Duration.ofDays(366)).exchange()).isEqualTo("errand.delay.21");
    }

    @Test
    void aFractionOfAMillisecondIsNotCutOff() {
        assertThat(after(Duration.ofNanos(1)).exchange()).isEqualTo("errand.delay.0");
        assertThat(held(after(Duration.ofMillis(125).plusNanos(1)))).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void whatIsTooFarAwayGoesRound() {
        assertThat(held(delays.to("errand.q.far", Instant.MAX, NOW))).isGreaterThan(Duration.ofDays(366));
    }
}
