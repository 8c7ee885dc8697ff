package dev.errand.examples.orders.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class KillerTest {
    private static final Duration OLD = Duration.ofMinutes(1);

    private static Killer killer(boolean kill, OptionalInt orders) {
        return new Killer(new Plan(Optional.empty(), orders, orders.isPresent(), 100, kill, false));
    }

    @Test
    void killsThreeTimesSpreadOverAKnownNumberOfOrders() {
        Killer killer = killer(true, OptionalInt.of(100));
        assertThat(killer.due(OLD, 19, 5)).isFalse();
        assertThat(killer.due(OLD, 20, 5)).isTrue();
        assertThat(killer.due(OLD, 20, 5)).isFalse();
        assertThat(killer.due(OLD, 40, 5)).isTrue();
        assertThat(killer.due(OLD, 60, 5)).isTrue();
        assertThat(killer.due(OLD, 99, 5)).isFalse();
        assertThat(killer.kills()).isEqualTo(3);
    }

    @Test
    void killsEveryTenSecondsWithoutEnd() {
        Killer killer = killer(true, OptionalInt.empty());
        assertThat(killer.due(Duration.ofSeconds(9), 50, 1)).isFalse();
        assertThat(killer.due(Duration.ofSeconds(10), 50, 1)).isTrue();
        assertThat(killer.due(Duration.ofSeconds(10), 55, 1))
                .as("too few mails since")
                .isFalse();
        assertThat(killer.due(Duration.ofSeconds(10), 60, 1)).isTrue();
    }

    @Test
    void killsOnlyInTheMiddleOfWorkAndOnlyIfAsked() {
        assertThat(killer(true, OptionalInt.of(100)).due(OLD, 50, 0)).isFalse();
        assertThat(killer(false, OptionalInt.of(100)).due(OLD, 50, 5)).isFalse();
    }
}
