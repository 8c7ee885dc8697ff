package dev.errand.examples.orders.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.contract.server.RedisProcess;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The same services on Redis: nothing but the URL is another. */
@EnabledIf(value = "dev.errand.contract.server.RedisProcess#isPresent", disabledReason = RedisProcess.MISSING)
class DemoOnRedisIT {
    @TempDir
    Path folder;

    @Test
    void noOrderIsLostWhenTheMailProcessIsKilled() throws Exception {
        try (RedisProcess server = RedisProcess.server();
                View view =
                        new LineView(new PrintStream(folder.resolve("view.log").toFile(), StandardCharsets.UTF_8))) {
            Optional<String> url = Optional.of("redis://127.0.0.1:" + server.port());
            // At this rate the run may take more than two minutes, on a machine that is busy with something else.
            Plan plan = new Plan(url, OptionalInt.of(120), true, 5, true, false);
            DemoRun.Result result = new DemoRun(plan, folder, view).run();
            Tally tally = result.tally();
            assertThat(result.kills()).isPositive();
            assertThat(result.complete()).isTrue();
            assertThat(tally.orders()).isEqualTo(120);
            assertThat(tally.lost()).isZero();
            assertThat(tally.waiting()).isZero();
            // 7, 47, 87 have no mailbox; 33 has no address.
            assertThat(tally.dead()).isEqualTo(4);
            assertThat(tally.mails()).isEqualTo(116);
        }
    }
}
