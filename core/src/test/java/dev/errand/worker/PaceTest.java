package dev.errand.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final ManualTime time = new ManualTime(Instant.EPOCH);

    private int afterSecondsAt(Pace pace, int perSecond, int seconds) {
        int ahead = 0;
        for (int i = 0; i < seconds * 100; i++) {
            for (int n = 0; n < perSecond / 100; n++) {
                pace.finishedOne();
            }
            time.advance(Duration.ofMillis(10));
            ahead = pace.lookAhead();
        }
        return ahead;
    }

    @Test
    void looksAheadByATenthOfASecondOfWork() {
        Pace pace = new Pace(time, 64);
        assertThat(pace.lookAhead()).isZero();
        assertThat(afterSecondsAt(pace, 1_000, 2)).isBetween(98, 102);
        assertThat(afterSecondsAt(pace, 200, 2)).isBetween(18, 22);
        assertThat(afterSecondsAt(pace, 0, 2)).isZero();
    }

    @Test
    void isBounded() {
        assertThat(afterSecondsAt(new Pace(time, 64), 100_000, 1)).isEqualTo(256);
        assertThat(afterSecondsAt(new Pace(time, 10_000), 100_000, 1)).isEqualTo(2_000);
    }

    @Test
    void forgetsABurstAfterALull() {
        Pace pace = new Pace(time, 64);
        afterSecondsAt(pace, 2_000, 1);
        time.advance(Duration.ofSeconds(5));
        assertThat(pace.lookAhead()).isZero();
    }
}
