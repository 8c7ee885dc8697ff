package dev.errand.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                              | name a broker: sqlite, redis, nats, rabbitmq, memory, or a broker URL",
                "oracle                          | There is no broker 'oracle' to measure; give sqlite, redis, nats, rabbitmq, memory",
                "memory --workload nope          | there is no workload 'nope'; there are enqueue-1, enqueue-8",
                "memory --peer asynq             | There is no peer 'asynq' to be measured beside memory",
                "memory --rounds 0               | --rounds must be 1 to 100",
                "memory --seconds 0              | --seconds must be 0.05 to 600",
                "memory --nope                   | Unknown option: '--nope'"
            })
    void wrongArgumentsAreNamed(String arguments, String message) {
        assertThat(bench(arguments.isEmpty() ? new String[0] : arguments.split(" ")))
                .isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(message);
    }

    @Test
    void aSmallRunPrintsALineOfJsonForEachWorkload() {
        int code = bench(
                "memory",
                "--json",
                "--rounds",
                "2",
                "--seconds",
                "0.1",
                "--workload",
                "enqueue-8,enqueue-bulk,drain-32,latency-200,latency-200-two,due-10000",
                "--page",
                folder.resolve("page.md").toString());
        assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(lines)
                .allMatch(line -> line.startsWith("{\"system\":\"errand\",\"broker\":\"memory\",\"workload\":"));
        assertThat(lines).allMatch(line -> line.endsWith("\"lost\":0,\"duplicates\":0}"));
        assertThat(lines.subList(0, 3))
                .allMatch(line -> line.contains("\"bare_rate\":") && line.contains("\"ratio\":"));
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("latency-200-two: left out", "enqueue-8: round 2 of 2", "ours/s");
        assertThat(folder.resolve("page.md")).content().contains("## In memory");
        assertThat(folder.resolve("page/memory-rates.svg")).exists();
    }

    @Test
    void aBacklogIsMeasuredBesideAnEmptyOne() throws Exception {
        BacklogWorkload workload = new BacklogWorkload("backlog", 5_000);
        Plan plan = new Plan(2, 0.1);
        var kind = dev.errand.bench.broker.BrokerKind.of("sqlite");
        try (var site = kind.fresh(folder)) {
            var output = new dev.errand.bench.report.Output(print(out), print(err));
            var figures = workload.run(new Run(folder, plan, false, Optional.empty(), output), site);
            assertThat(figures)
                    .extracting(f -> f.workload())
                    .containsExactly("backlog", "backlog-counts", "backlog-list");
            assertThat(figures).allMatch(f -> f.troubles().isEmpty());
            assertThat(figures.getFirst().notes()).singleElement().asString().contains("on a backlog of 100 alone");
            assertThat(figures.get(1).notes()).singleElement().asString().contains("tasks ran meanwhile, of ");
            assertThat(figures.get(2).notes()).singleElement().asString().contains("tasks ran meanwhile, of ");
        }
    }

    private int bench(String... arguments) {
        return Bench.commandLine(print(out), print(err)).execute(arguments);
    }

    private static PrintStream print(ByteArrayOutputStream stream) {
        return new PrintStream(stream, true, StandardCharsets.UTF_8);
    }
}
