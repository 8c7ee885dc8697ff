package dev.errand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryTest {
    private static List<Long> seconds(Retry retry, int failures) {
        return IntStream.rangeClosed(1, failures)
                .mapToObj(n -> retry.jitter(0).delay(n, new Random(1)).toSeconds())
                .toList();
    }

    @Test
    void followsItsCurve() {
        Duration two = Duration.ofSeconds(2);
        assertThat(seconds(Retry.fixed(two), 4)).containsExactly(2L, 2L, 2L, 2L);
        assertThat(seconds(Retry.linear(two), 4)).containsExactly(2L, 4L, 6L, 8L);
        assertThat(seconds(Retry.exponential(two), 5)).containsExactly(2L, 4L, 8L, 16L, 32L);
        assertThat(seconds(Retry.exponential(two).factor(3), 4)).containsExactly(2L, 6L, 18L, 54L);
        assertThat(seconds(Retry.fibonacci(two), 7)).containsExactly(2L, 2L, 4L, 6L, 10L, 16L, 26L);
    }

    @Test
    void neverExceedsItsCapHoweverOftenItFails() {
        Random random = new Random(7);
        for (Retry retry : List.of(
                Retry.exponential(Duration.ofSeconds(2)),
                Retry.fibonacci(Duration.ofSeconds(2)),
                Retry.linear(Duration.ofSeconds(2)))) {
            for (int failures : new int[] {1, 50, 1_000, 1_000_000, Integer.MAX_VALUE}) {
                assertThat(retry.delay(failures, random)).isBetween(Duration.ZERO, Defaults.MAX_BACKOFF);
            }
        }
    }

    @Test
    void jittersWithinItsFractionOnBothSides() {
        Retry retry = Retry.fixed(Duration.ofSeconds(100)).jitter(0.2);
        Random random = new Random(42);
        List<Long> millis = IntStream.range(0, 1_000)
                .mapToObj(i -> retry.delay(1, random).toMillis())
                .toList();
        assertThat(millis).allSatisfy(ms -> assertThat(ms).isBetween(80_000L, 120_000L));
        assertThat(millis.stream().filter(ms -> ms < 90_000).count()).isBetween(180L, 320L);
        assertThat(millis.stream().filter(ms -> ms > 110_000).count()).isBetween(180L, 320L);
    }

    @Test
    void choosesByExceptionTheFirstRuleThatFits() {
        Retry files = Retry.fixed(Duration.ofMinutes(1)).maxAttempts(2);
        Retry retry = Retry.standard()
                .on(FileNotFoundException.class, files)
                .on(IOException.class, Retry.none())
                .never(IllegalArgumentException.class);
        assertThat(retry.forFailure(new FileNotFoundException())).isSameAs(files);
        assertThat(retry.forFailure(new IOException()).maxAttempts()).isEqualTo(1);
        assertThat(retry.forFailure(new IllegalStateException())).isSameAs(retry);
        assertThat(retry.refuses(new NumberFormatException("a subclass"))).isTrue();
        assertThat(retry.refuses(new IOException())).isFalse();
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThatThrownBy(() -> Retry.fixed(Duration.ofSeconds(-1))).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> Retry.standard().maxAttempts(0)).hasMessageContaining("1 means a single try");
        assertThatThrownBy(() -> Retry.standard().jitter(Double.NaN)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> Retry.standard().factor(0.5)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> Retry.standard().maxDelay(Duration.ZERO)).isInstanceOf(ConfigurationException.class);
    }
}
