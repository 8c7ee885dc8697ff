package dev.errand.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.ConfigurationException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");

    @Test
    void anIntervalIsAlignedToTheClockUnlessAnchored() {
        assertThat(Every.of(Duration.ofMinutes(15)).next(NOON.plusSeconds(1), 2))
                .containsExactly(NOON.plusSeconds(900), NOON.plusSeconds(1_800));
        assertThat(new Every(Duration.ofMinutes(15), NOON.plusSeconds(60)).next(NOON, 2))
                .containsExactly(NOON.plusSeconds(60), NOON.plusSeconds(960));
        assertThat(new Every(Duration.ofDays(7), NOON.plusSeconds(60)).next(NOON.minus(Duration.ofDays(20)), 1))
                .as("before its anchor, too")
                .containsExactly(NOON.plusSeconds(60).minus(Duration.ofDays(14)));
        assertThat(Every.of(Duration.ofSeconds(1)).next(NOON)).contains(NOON.plusSeconds(1));
    }

    @Test
    void anIntervalHasALeastAndAMost() {
        assertThatThrownBy(() -> Every.of(Duration.ofMillis(999))).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> Every.of(Duration.ofDays(367))).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> Every.of(Duration.ofSeconds(1).plusNanos(1)))
                .isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> new Every(Duration.ofDays(1), Instant.MAX)).isInstanceOf(ConfigurationException.class);
        assertThat(Every.of(Duration.ofDays(1)).next(Instant.MAX)).isEmpty();
    }

    @Test
    void fixedTimesComeInOrderAndOnce() {
        At rule = At.of(NOON.plusSeconds(2), NOON.plusNanos(1), NOON.plusSeconds(2));
        assertThat(rule.next(Instant.MIN, 9)).containsExactly(NOON.plusMillis(1), NOON.plusSeconds(2));
        assertThat(rule.next(NOON.plusSeconds(2))).isEmpty();
        assertThatThrownBy(At::of).isInstanceOf(ConfigurationException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | fields",
                "* * * * | has 4 fields",
                "* * * * * * * | has 7 fields",
                "60 * * * * | minute '60' is out of range; give 0 to 59",
                "* 24 * * * | hour '24'",
                "* * 0 * * | day of the month '0'",
                "* * * 13 * | month '13'",
                "* * * * 8 | day of the week '8'",
                "* * * * FRY | day of the week 'FRY' is not understood",
                "* 22-2 * * * | runs backwards",
                "*/0 * * * * | step out of range",
                "*/90 * * * * | use every",
                "1,,2 * * * * | minute '' is not understood",
                "-1 * * * * | not understood",
                "* * 15W * * | nearest working day",
                "* * * * MON#6 | #1 to #5",
                "* * L-31 * * | L-1 to L-30",
                "@reboot | nickname",
                "@every 1h | nickname",
                "0 0 31 2 * | never fires",
                "x * * * * | names the field: minute 'x'"
            })
    void whatIsWrongWithAnExpressionIsSaid(String expression, String said) {
        String part = said.substring(said.indexOf(':') + 1).strip();
        assertThatThrownBy(() -> Cron.parse(expression, ZoneOffset.UTC))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("'" + expression + "'")
                .hasMessageContaining(part);
    }

    @Test
    void anExpressionOverHundredsOfYearsIsFoundAtOnce() {
        Cron rare = Cron.parse("59 59 23 29 2 *", ZoneId.of("Europe/Berlin"));
        assertThat(rare.next(NOON, 1_000)).hasSize(1_000);
        Cron hourly = Cron.parse("0 * 29 2 MON", ZoneId.of("Europe/Berlin"));
        assertThat(hourly.next(Instant.MIN)).isPresent();
        assertThat(hourly.next(Instant.MAX)).isEmpty();
        assertThat(hourly.next(Instant.parse("9999-12-31T00:00:00Z"))).isEmpty();
    }

    @Test
    void rulesOfTheSameWordsAreEqual() {
        assertThat(Cron.parse("0  3 * *   *", ZoneOffset.UTC)).isEqualTo(Cron.parse("0 3 * * *", ZoneOffset.UTC));
        assertThat(Cron.parse("0 3 * * *", ZoneOffset.UTC))
                .isNotEqualTo(Cron.parse("0 3 * * *", ZoneId.of("Europe/Berlin")));
    }
}
