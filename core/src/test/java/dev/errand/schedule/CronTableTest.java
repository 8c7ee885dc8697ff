package dev.errand.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of what cron rules do where clocks change and calendars are odd; {@code docs/schedules.md} is made of it. */
class CronTableTest {
    record Row(String clause, String expression, ZoneId zone, Instant after, String expected) {
        @Override
        public String toString() {
            return clause;
        }
    }

    static Stream<Row> rows() {
        try (InputStream in = Objects.requireNonNull(CronTableTest.class.getResourceAsStream("cron-table.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(CronTableTest::row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row row(String line) {
        String[] cells = line.split(" \\| ", -1);
        return new Row(cells[0], cells[1], ZoneId.of(cells[2]), instant(cells[3]), cells[4]);
    }

    private static Instant instant(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }

    @Test
    void theDocumentShowsTheTable() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("verify"))) {
            root = Objects.requireNonNull(root.getParent());
        }
        String document = Files.readString(root.resolve("docs/schedules.md"));
        assertThat(rows())
                .allSatisfy(row -> assertThat(document)
                        .contains("| " + row.clause + " | `" + row.expression + "` | " + row.zone + " | "));
        assertThat(rows())
                .allSatisfy(row -> assertThat(document).contains(" | " + row.expected.replace(" ", ", ") + " |"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theRuleIsDueAsTheTableSays(Row row) {
        if (row.expected.equals("never")) {
            assertThatThrownBy(() -> Cron.parse(row.expression, row.zone))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("never fires");
            return;
        }
        List<Instant> expected = Arrays.stream(row.expected.split(" "))
                .map(CronTableTest::instant)
                .toList();
        assertThat(Cron.parse(row.expression, row.zone).next(row.after, expected.size()))
                .containsExactlyElementsOf(expected);
    }
}
