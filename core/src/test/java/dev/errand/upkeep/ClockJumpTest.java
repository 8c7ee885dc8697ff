package dev.errand.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.time.ManualTime;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClockJumpTest {
    private static final Duration TRUCE = Duration.ofSeconds(30);

    /** Time that passes, and a wall clock that can be set apart from it. */
    private static final class TwoClocks implements Time {
        private final ManualTime passing = new ManualTime(Instant.parse("2026-03-29T01:00:00Z"));
        private Duration ahead = Duration.ZERO;

        void pass(Duration span) {
            passing.advance(span);
        }

        void set(Duration by) {
            ahead = ahead.plus(by);
        }

        @Override
        public Instant now() {
            return passing.now().plus(ahead);
        }

        @Override
        public long nanoTime() {
            return passing.nanoTime();
        }

        @Override
        public Timer after(Duration delay, Runnable action) {
            return passing.after(delay, action);
        }

        @Override
        public void close() {
            passing.close();
        }
    }

    private final TwoClocks time = new TwoClocks();
    private final ClockJump jump = new ClockJump(time, TRUCE);

    private boolean after(Duration passed) {
        time.pass(passed);
        return jump.sparesLeases();
    }

    @Test
    void timeThatPassesIsNoJump() {
        assertThat(jump.sparesLeases()).isFalse();
        assertThat(after(Duration.ofSeconds(1))).isFalse();
        assertThat(after(Duration.ofHours(9))).as("a round that took long").isFalse();
        time.set(Duration.ofSeconds(2));
        assertThat(after(Duration.ofSeconds(1))).as("a small correction").isFalse();
    }

    @Test
    void leasesAreSparedForAWhileAfterAJumpAhead() {
        time.set(Duration.ofMinutes(5));
        assertThat(after(Duration.ofSeconds(1))).isTrue();
        assertThat(after(Duration.ofSeconds(29))).isTrue();
        assertThat(after(Duration.ofSeconds(1))).isFalse();
        time.set(Duration.ofSeconds(4));
        assertThat(after(Duration.ofSeconds(1))).as("another one").isTrue();
    }

    @Test
    void aJumpBackLetsNoLeaseLapse() {
        time.set(Duration.ofMinutes(-5));
        assertThat(after(Duration.ofSeconds(1))).isFalse();
    }
}
