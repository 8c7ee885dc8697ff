package dev.errand.examples.polyglot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.contract.server.GoProgram;
import dev.errand.contract.server.RedisProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

@EnabledIf(value = "dev.errand.contract.server.RedisProcess#isPresent", disabledReason = RedisProcess.MISSING)
class PolyglotIT {
    @TempDir
    Path folder;

    @Test
    void eachLanguageMakesWhatEachHasAskedFor() throws Exception {
        try {
            GoProgram.build(Path.of("go"), folder);
        } catch (GoProgram.Missing e) {
            Assumptions.abort("the Go half was not tried: " + e.getMessage());
        }
        try (RedisProcess redis = RedisProcess.server()) {
            Polyglot.Result result = Polyglot.run("redis://127.0.0.1:" + redis.port(), 150);
            assertThat(result.counts()).containsOnlyKeys("Java", "Go");
            result.counts().values().forEach(makers -> {
                assertThat(makers.values().stream().mapToInt(n -> n).sum()).isEqualTo(150);
                assertThat(makers.values()).allMatch(n -> n > 0);
            });
        }
    }
}
