package dev.errand.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireTimeTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-01T00:00:00Z",
                "2024-02-29T23:59:59.999Z",
                "1969-12-31T23:59:59.000000001Z",
                "0000-01-01T00:00:00.1Z",
                "2026-11-23T17:08:22.120Z",
                "+12026-11-23T17:08:22Z",
                "-0001-11-23T17:08:22Z",
                "2026-11-23T17:08:22.5+01:00",
                "2026-11-23t17:08:22z",
                "2026-11-23T24:00:00Z",
                "2016-12-31T23:59:60Z"
            })
    void readsWhatTheGeneralParserReads(String text) {
        assertThat(WireTime.parse(text)).isEqualTo(Instant.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026",
                "2026-11-23T17:08Z",
                "2026-13-01T00:00:00Z",
                "2026-02-30T00:00:00Z",
                "2026-01-01T00:00:0xZ",
                "2026-01-01T25:00:00Z",
                "2026-01-01T00:61:00Z",
                "2026-01-01T00:00:00.1234567890Z",
                "2026-01-01T00:00:00.-1Z",
                "2026/01/01T00:00:00Z",
                "2026-01-01T00:00:00"
            })
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> WireTime.parse(text)).isInstanceOf(DateTimeException.class);
    }

    @Test
    void readsWhatIsWritten() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            Instant instant = Instant.ofEpochSecond(random.nextLong(0, 4_000_000_000L), random.nextInt(1_000_000_000));
            assertThat(WireTime.parse(instant.toString())).isEqualTo(instant);
        }
    }
}
