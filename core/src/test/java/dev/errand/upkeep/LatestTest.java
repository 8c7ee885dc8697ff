package dev.errand.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.schedule.At;
import dev.errand.schedule.Cron;
import dev.errand.schedule.Every;
import dev.errand.schedule.Rule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatestTest {
    private static final Instant NOON = Instant.parse("2026-12-15T12:00:00Z");

    private static List<Instant> oneByOne(Rule rule, Instant after, Instant until, int count) {
        Deque<Instant> times = new ArrayDeque<>();
        for (Instant at = rule.next(after).orElse(Instant.MAX);
                !at.isAfter(until);
                at = rule.next(at).orElse(Instant.MAX)) {
            times.addLast(at);
            if (times.size() > count) {
                times.removeFirst();
            }
        }
        return List.copyOf(times);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "* * * * *",
                "*/7 3-5 * * *",
                "0 0 * * *",
                "* * 1 * *",
                "0 0 1 1 *",
                "*/10 0 3 * * MON",
                "* 5 1 12 *",
                "0 0 29 2 *"
            })
    void theLatestAreFoundWithoutLookingAtAll(String expression) {
        Rule rule = Cron.parse(expression, ZoneOffset.UTC);
        Random random = new Random(expression.hashCode());
        for (int i = 0; i < 12; i++) {
            Instant after = NOON.minus(Duration.ofMinutes(random.nextInt(1, 1 << random.nextInt(1, 18))));
            int count = random.nextInt(1, 120);
            assertThat(Latest.of(rule, after, NOON, count))
                    .as("%s after %s, %s", expression, after, count)
                    .isEqualTo(oneByOne(rule, after, NOON, count));
        }
    }

    @Test
    void fixedTimesAndIntervalsToo() {
        Rule at = At.of(NOON.minusSeconds(9), NOON.minusSeconds(5), NOON, NOON.plusSeconds(1));
        assertThat(Latest.of(at, Instant.EPOCH, NOON, 2)).containsExactly(NOON.minusSeconds(5), NOON);
        assertThat(Latest.of(at, NOON, NOON, 2)).isEmpty();
        assertThat(Latest.of(at, Instant.EPOCH, NOON, 0)).isEmpty();
        Rule every = Every.of(Duration.ofMinutes(1));
        assertThat(Latest.of(every, Instant.EPOCH, NOON, 3))
                .containsExactly(NOON.minusSeconds(120), NOON.minusSeconds(60), NOON);
    }

    /** Every second from January to June, asked in December: almost 16 million. */
    @Test
    @Timeout(60)
    void millionsAreNotCounted() {
        Cron rule = Cron.parse("* * * * 1-6 *", ZoneOffset.UTC);
        Instant last = Instant.parse("2026-06-30T23:59:59Z");
        assertThat(Latest.of(rule, NOON.minus(Duration.ofDays(365)), NOON, 3))
                .containsExactly(last.minusSeconds(2), last.minusSeconds(1), last);
    }
}
