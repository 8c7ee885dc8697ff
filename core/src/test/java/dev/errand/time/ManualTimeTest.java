package dev.errand.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManualTimeTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private final ManualTime time = new ManualTime(START);
    private final List<String> fired = new ArrayList<>();

    private Runnable note(String name) {
        return () -> fired.add(name + "@" + Duration.between(START, time.now()).toSeconds());
    }

    @Test
    void standsStillUntilMoved() {
        assertThat(time.now()).isEqualTo(START);
        assertThat(time.nanoTime()).isZero();
        time.advance(Duration.ofMillis(1_500));
        assertThat(time.now()).isEqualTo(START.plusMillis(1_500));
        assertThat(time.nanoTime()).isEqualTo(1_500_000_000L);
        assertThatThrownBy(() -> time.advance(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void firesInTheOrderOfTimeAndThenOfTheCallsEachAtItsOwnInstant() {
        time.after(Duration.ofSeconds(2), note("b"));
        time.after(Duration.ofSeconds(1), note("a"));
        time.after(Duration.ofSeconds(2), note("c"));
        time.after(Duration.ofSeconds(4), note("later"));
        time.advance(Duration.ofSeconds(3));
        assertThat(fired).containsExactly("a@1", "b@2", "c@2");
        assertThat(time.pendingTimers()).isEqualTo(1);
        assertThat(time.now()).isEqualTo(START.plusSeconds(3));
    }

    @Test
    void firesWhatFiredTimersSetOnTheWay() {
        time.after(Duration.ofSeconds(1), () -> time.after(Duration.ofSeconds(1), note("second")));
        time.advance(Duration.ofSeconds(2));
        assertThat(fired).containsExactly("second@2");
    }

    @Test
    void firesAtOnceWhatHasNoDelay() {
        time.after(Duration.ZERO, note("zero"));
        time.after(Duration.ofSeconds(-5), note("negative"));
        assertThat(fired).containsExactly("zero@0", "negative@0");
    }

    @Test
    void firesNothingThatWasCancelledOrClosed() {
        time.after(Duration.ofSeconds(1), note("cancelled")).cancel();
        time.after(Duration.ofSeconds(1), note("closed"));
        time.close();
        time.close();
        time.advance(Duration.ofSeconds(9));
        assertThat(fired).isEmpty();
    }

    @Test
    void takesDelaysWithoutEnd() {
        time.after(Duration.ofSeconds(Long.MAX_VALUE), note("never"));
        time.advance(Duration.ofDays(1));
        assertThat(fired).isEmpty();
    }
}
