package dev.errand.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final Figures FULL = Figures.of("sqlite", "enqueue-64", 1_000)
            .withRate(41_234.56, 10)
            .withBare(OptionalDouble.of(50_000))
            .withTimes(Optional.of(new Quantiles(0.2134, 4.5, 123.4)))
            .withCensus(0, 0, 0);
    private static final Figures LATENCY = Figures.of("sqlite", "latency-200", 800)
            .withTimes(Optional.of(new Quantiles(1, 2, 3)))
            .withCensus(0, 1, 0)
            .note("a note");

    @Test
    void aLineOfJsonHasTheFieldsThatApply() {
        assertThat(JsonLine.of(FULL))
                .isEqualTo("{\"system\":\"errand\",\"broker\":\"sqlite\",\"workload\":\"enqueue-64\",\"n\":1000,"
                        + "\"seconds\":10.000,\"rate\":41234.6,\"bare_rate\":50000.0,\"ratio\":0.825,"
                        + "\"p50_ms\":0.213,\"p99_ms\":4.500,\"max_ms\":123.400,\"lost\":0,\"duplicates\":0}");
        assertThat(JsonLine.of(LATENCY))
                .isEqualTo("{\"system\":\"errand\",\"broker\":\"sqlite\",\"workload\":\"latency-200\",\"n\":800,"
                        + "\"p50_ms\":1.000,\"p99_ms\":2.000,\"max_ms\":3.000,\"lost\":0,\"duplicates\":1}");
    }

    @Test
    void textInJsonIsEscaped() {
        assertThat(new JsonLine().put("a", "\"\\\n\u00e9").end()).isEqualTo("{\"a\":\"\\\"\\\\\\u000a\u00e9\"}");
    }

    @Test
    void theTableIsAligned() {
        assertThat(Table.plain(List.of(FULL, LATENCY))).isEqualTo("""
                        workload         n  ours/s  bare/s  ratio  p50 ms  p99 ms  max ms  lost  twice
                        enqueue-64   1,000  41,200  50,000   0.82   0.213    4.50     123     0      0
                        latency-200    800                           1.00    2.00    3.00     0      1
                          latency-200: a note
                        """);
    }

    @Test
    void onlyLossesUnexplainedRunsAndFailuresAreTroubles() {
        assertThat(LATENCY.troubles()).isEmpty();
        assertThat(LATENCY.withCensus(2, 3, 1).failedIf(true, "too early").troubles())
                .containsExactly(
                        "latency-200: 2 tasks never ran",
                        "latency-200: 1 tasks ran again without a reason",
                        "latency-200: too early");
    }

    @Test
    void aPageKeepsTheOtherSections(@TempDir Path folder) throws Exception {
        Path page = folder.resolve("figures.md");
        LocalDate day = LocalDate.of(2026, 1, 2);
        Page.write(new Section("one", "One", "./errand bench one", "The disk.", List.of(FULL)), page, day);
        Page.write(new Section("two", "Two", "./errand bench two", "Nothing.", List.of(LATENCY)), page, day);
        Page.write(new Section("one", "One", "./errand bench one", "The processor.", List.of(FULL)), page, day);
        String text = Files.readString(page);
        assertThat(text).startsWith("# Performance").containsOnlyOnce("## One").containsOnlyOnce("## Two");
        assertThat(text).contains("The processor.", "Nothing.", "2026-01-02").doesNotContain("The disk.");
        assertThat(text.indexOf("## One")).isLessThan(text.indexOf("## Two"));
        assertThat(text).contains("(figures/one-rates.svg)", "(figures/two-times.svg)");
        assertThat(text).doesNotContain(folder.toString());
        assertThat(folder.resolve("figures/two-rates.svg")).doesNotExist();
    }

    @Test
    void aChartIsWellFormed() throws Exception {
        String svg = new BarChart(
                        "a < b & c",
                        true,
                        List.of(new BarChart.Group(
                                "g", List.of(new BarChart.Bar("ours", 0), new BarChart.Bar("bare", 9)))))
                .svg();
        var document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(5);
    }
}
