package dev.errand.examples.orders.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.io.TempDir;

/** The same services on a server: nothing but the URL is another. */
abstract class DemoOnServer {
    @TempDir
    Path folder;

    void noOrderIsLostWhenTheMailProcessIsKilled(String url) throws Exception {
        // At this rate the run may take more than two minutes, on a machine that is busy with something else.
        Plan plan = new Plan(Optional.of(url), OptionalInt.of(120), true, 5, true, false);
        DemoRun.Result result;
        try (View view = new LineView(new PrintStream(folder.resolve("view.log").toFile(), StandardCharsets.UTF_8))) {
            result = new DemoRun(plan, folder, view).run();
        }
        Tally tally = result.tally();
        assertThat(result.kills()).isPositive();
        assertThat(result.complete()).isTrue();
        assertThat(tally.orders()).isEqualTo(120);
        assertThat(tally.lost()).isZero();
        assertThat(tally.open()).isZero();
        assertThat(result.told()).as("each subscription has every order").isEqualTo(120);
        // 7, 47, 87 have no mailbox; 33 has no address.
        assertThat(tally.dead()).isEqualTo(4);
        assertThat(tally.mails()).isEqualTo(116);
    }
}
