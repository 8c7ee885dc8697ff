package dev.errand.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.contract.server.RedisProcess;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

@EnabledIf(value = "dev.errand.contract.server.RedisProcess#isPresent", disabledReason = RedisProcess.MISSING)
class RedisBenchIT {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    @Test
    void aServerOfItsOwnIsMeasuredAndLeavesNothing() throws Exception {
        int code = bench("enqueue-8,drain-32,latency-200-two,due-10000,takeover-50");
        assertThat(code).as(err()).isZero();
        List<String> lines = lines();
        assertThat(lines).hasSize(5);
        assertThat(lines)
                .allMatch(line -> line.startsWith("{\"system\":\"errand\",\"broker\":\"redis\",\"workload\":"))
                .allMatch(line -> line.contains("\"lost\":0,"));
        assertThat(lines.subList(0, 2))
                .allMatch(line -> line.contains("\"bare_rate\":") && line.contains("\"ratio\":"));
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void asynqIsMeasuredBeside() {
        int code = bench("enqueue-8,drain-32", "--peer", "asynq", "--only-ours");
        Assumptions.assumeFalse(err().contains("asynq cannot be measured here"), this::err);
        assertThat(code).as(err()).isZero();
        assertThat(lines()).hasSize(4);
        assertThat(lines().get(1)).startsWith("{\"system\":\"asynq\",\"broker\":\"redis\",\"workload\":\"enqueue-8\"");
        assertThat(lines().get(3)).startsWith("{\"system\":\"asynq\",\"broker\":\"redis\",\"workload\":\"drain-32\"");
        assertThat(err()).contains("times the rate of asynq");
    }

    private int bench(String workloads, String... more) {
        List<String> arguments = Stream.concat(
                        Stream.of(
                                "redis",
                                "--json",
                                "--rounds",
                                "1",
                                "--seconds",
                                "0.1",
                                "--dir",
                                folder.toString(),
                                "--workload",
                                workloads),
                        Stream.of(more))
                .toList();
        return Bench.commandLine(print(out), print(err)).execute(arguments.toArray(String[]::new));
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static PrintStream print(ByteArrayOutputStream stream) {
        return new PrintStream(stream, true, StandardCharsets.UTF_8);
    }
}
