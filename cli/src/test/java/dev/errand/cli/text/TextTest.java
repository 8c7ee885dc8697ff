package dev.errand.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.cli.text.Table.Cell;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTest {
    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void nothingThatATerminalObeysComesThrough() {
        assertThat(Safe.line("a\033[31mb\u009b2Jc\u0007\r\n\td\u007f"))
                .isEqualTo("a\\u001b[31mb\\u009b2Jc\\u0007\\r\\n\\td\\u007f");
        assertThat(Safe.line("evil\u202egnp.exe \u2066x\u200b\ufeff"))
                .isEqualTo("evil\\u202egnp.exe \\u2066x\\u200b\\ufeff");
        assertThat(Safe.line("half \ud83d pair")).isEqualTo("half \\ud83d pair");
        assertThat(Safe.line("世界 😀 é plain")).isEqualTo("世界 😀 é plain");
        assertThat(Safe.block("a\r\n\tb\033c")).isEqualTo("a\n\tb\\u001bc");
    }

    @Test
    void wideTextTakesTwoCellsAndMarksNone() {
        assertThat(Width.of("abc")).isEqualTo(3);
        assertThat(Width.of("世界")).isEqualTo(4);
        assertThat(Width.of("😀")).isEqualTo(2);
        assertThat(Width.of("e\u0301")).isEqualTo(1);
        assertThat(Width.cut("世界世界", 5)).isEqualTo("世界…");
        assertThat(Width.cut("世界世界", 4)).isEqualTo("世…");
        assertThat(Width.cut("abc", 3)).isEqualTo("abc");
        assertThat(Width.cut("abc", 0)).isEmpty();
        assertThat(Width.pad("世", 4, true)).isEqualTo("  世");
    }

    @Test
    void aTableIsStraightWithWideTextAndCutAtItsEndAlone() {
        Table table = new Table("NAME", ">N", "TEXT")
                .row(Cell.of("世界"), Cell.of(12345), Cell.of("a long text that does not fit"))
                .row(Cell.of("ab"), Cell.of(0), Cell.of("\033[2J", Style.RED));
        assertThat(table.lines(30, false))
                .containsExactly("NAME       N  TEXT", "世界  12,345  a long text tha…", "ab         -  \\u001b[2J");
        assertThat(table.lines(30, true).get(2)).isEqualTo("ab         -  \033[31m\\u001b[2J\033[0m");
        assertThat(table.lines(5, false).get(1)).isEqualTo("世界  12,345  a long te…");
    }

    @Test
    void aJsonLineIsValidAndSafe() {
        String line = new Json()
                .put("text", "\"\\\n\033\u202e世\ud83d\ude00\ud83d")
                .put("none", null)
                .put("span", Duration.ofMillis(1500))
                .put("whole", Duration.ofMinutes(2))
                .put("at", Instant.EPOCH)
                .put("list", List.of(1, true, "a"))
                .put("inner", new Json().put("raw", new Json.Raw("[1]")))
                .toString();
        assertThat(line)
                .isEqualTo(
                        "{\"text\":\"\\\"\\\\\\n\\u001b\\u202e世😀\\ud83d\",\"span\":1.5,\"whole\":120,\"at\":\"1970-01-01T00:00:00Z\",\"list\":[1,true,\"a\"],\"inner\":{\"raw\":[1]}}");
        assertThat(new JsonText().defect(utf8(line))).isEmpty();
    }

    @Test
    void jsonIsReadByTheLetter() {
        JsonText json = new JsonText();
        for (String good : List.of("1", "\"a\"", "null", "true", "{}", "[]", " {\"a\":[1,{\"b\":null}]} ", "1e400")) {
            assertThat(json.defect(utf8(good))).as(good).isEmpty();
        }
        for (String bad : List.of("", "  ", "{", "{a:1}", "[1,]", "01", "nul", "{} {}", "'a'", "NaN", "\"\n\"")) {
            assertThat(json.defect(utf8(bad))).as(bad).isPresent();
        }
        assertThat(json.defect(new byte[] {'"', (byte) 0xff, '"'})).isPresent();
        assertThat(json.defect(utf8("[".repeat(100_000)))).isPresent();
    }

    @Test
    void jsonIsWrittenAnewAsItWas() {
        JsonText json = new JsonText();
        assertThat(json.compact(utf8("{ \"a\" : [ 1.50 , 1e3, {} , [], {\"b\":null} ] , \"c\" : \"\\u001b\\u00e9\" }")))
                .hasValue("{\"a\":[1.50,1e3,{},[],{\"b\":null}],\"c\":\"\\u001bé\"}");
        assertThat(json.pretty(utf8("{\"a\":[1,{\"b\":true},[]],\"c\":{}}"))).hasValue("""
                        {
                          "a": [
                            1,
                            {
                              "b": true
                            },
                            []
                          ],
                          "c": {}
                        }""");
        assertThat(json.pretty(utf8("7"))).hasValue("7");
    }

    @Test
    void spansAreReadAndShown() {
        assertThat(Spans.parse("1h30m")).isEqualTo(Duration.ofMinutes(90));
        assertThat(Spans.parse("2w")).isEqualTo(Duration.ofDays(14));
        assertThat(Spans.parse("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(Spans.parse("pt90s")).isEqualTo(Duration.ofSeconds(90));
        for (String bad : List.of("", "5", "h", "1x", "-5s", "1h 30m", "99999999999d")) {
            assertThatThrownBy(() -> Spans.parse(bad)).as(bad).hasMessageContaining("such as 500ms");
        }
        assertThat(Spans.show(Duration.ofMillis(850))).isEqualTo("850ms");
        assertThat(Spans.show(Duration.ofSeconds(184))).isEqualTo("3m4s");
        assertThat(Spans.show(Duration.ofHours(5))).isEqualTo("5h");
        assertThat(Spans.show(Duration.ofHours(51))).isEqualTo("2d3h");
        assertThat(Spans.show(Duration.ofSeconds(-5))).isEqualTo("-5s");
    }

    @Test
    void timesAreReadInTheirZone() {
        Instant now = Instant.parse("2026-11-23T10:00:00Z");
        ZoneId berlin = ZoneId.of("Europe/Berlin");
        assertThat(When.parse("2026-11-23T10:00:00Z", berlin).past(now)).isEqualTo(now);
        assertThat(When.parse("2026-11-23T11:00", berlin).past(now)).isEqualTo(now);
        assertThat(When.parse("2026-11-23 11:00:00+01:00", ZoneOffset.UTC).past(now))
                .isEqualTo(now);
        assertThat(When.parse("2026-11-23", ZoneOffset.UTC).past(now)).isEqualTo("2026-11-23T00:00:00Z");
        assertThat(When.parse("2h", berlin).past(now)).isEqualTo("2026-11-23T08:00:00Z");
        assertThat(When.parse("2h", berlin).ahead(now)).isEqualTo("2026-11-23T12:00:00Z");
        for (String bad : List.of("yesterday", "2026-13-01", "2026-11-23T25:00", "10:30", "")) {
            assertThatThrownBy(() -> When.parse(bad, berlin)).as(bad).hasMessageContaining("is not a time");
        }
    }
}
