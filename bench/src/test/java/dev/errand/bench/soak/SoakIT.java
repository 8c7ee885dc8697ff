package dev.errand.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.contract.server.RedisProcess;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SoakIT {
    /** With it the server is killed early, too. */
    private static final String REDIS_SEED = "18";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path folder;

    @Test
    void nothingIsLostWhileWorkersAreKilled() throws Exception {
        int code = soak(
                "sqlite",
                "--minutes",
                "0.17",
                "--seed",
                "38",
                "--every",
                "1",
                "--rate",
                "50",
                "--json",
                "--dir",
                folder.toString());
        String said = err.toString(StandardCharsets.UTF_8);
        assertThat(code).as(said).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("{\"system\":\"errand\",\"broker\":\"sqlite\",\"workload\":\"soak\",\"seed\":38,")
                .contains("\"waiting\":0,", "\"duplicates_unexplained\":0,\"failures\":0}")
                .doesNotContain("\"acknowledged\":0,", "\"killed\":0,");
        assertThat(said).contains("seed 38", "every acknowledged task is accounted for");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    @EnabledIf(value = "dev.errand.contract.server.RedisProcess#isPresent", disabledReason = RedisProcess.MISSING)
    void nothingIsLostOnRedisEither() {
        int code = soak(
                "redis",
                "--minutes",
                "0.17",
                "--seed",
                REDIS_SEED,
                "--every",
                "1",
                "--rate",
                "50",
                "--json",
                "--dir",
                folder.toString());
        assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("{\"system\":\"errand\",\"broker\":\"redis\",\"workload\":\"soak\",")
                .contains("\"waiting\":0,", "\"duplicates_unexplained\":0,\"failures\":0}")
                .doesNotContain("\"acknowledged\":0,", "\"broker_killed\":0,");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sqlite                         | Missing required option: '--minutes=N'",
                "sqlite --minutes 0             | --minutes must be above 0",
                "sqlite --minutes 1 --workers 1 | --workers must be 2 to 100",
                "sqlite --minutes 1 --rate 0    | --rate must be 1 to 10000",
                "memory --minutes 1             | A soak needs a broker with SHARED, which memory does not have",
                "oracle --minutes 1             | There is no broker 'oracle'"
            })
    void wrongArgumentsAreNamed(String arguments, String message) {
        assertThat(soak(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(message);
    }

    private int soak(String... arguments) {
        Soak soak = new Soak(print(out), print(err));
        return Soak.commandLine(soak).execute(arguments);
    }

    private static PrintStream print(ByteArrayOutputStream stream) {
        return new PrintStream(stream, true, StandardCharsets.UTF_8);
    }
}
