package dev.errand.examples.orders.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both services in processes of their own, on the embedded broker, with a mail process that is killed in the midst of it. */
class DemoRunIT {
    @TempDir
    Path folder;

    @Test
    void noOrderIsLostWhenTheMailProcessIsKilled() throws Exception {
        Plan plan = new Plan(Optional.empty(), OptionalInt.of(120), true, 80, true, false);
        DemoRun.Result result;
        try (View view = new LineView(new PrintStream(folder.resolve("view.log").toFile(), StandardCharsets.UTF_8))) {
            result = new DemoRun(plan, folder, view).run();
        }
        Tally tally = result.tally();
        assertThat(result.kills()).isPositive();
        assertThat(result.complete()).isTrue();
        assertThat(tally.orders()).isEqualTo(120);
        assertThat(tally.lost()).isZero();
        assertThat(tally.waiting()).isZero();
        assertThat(result.told()).as("each subscription has every order").isEqualTo(120);
        assertThat(result.good()).isTrue();
        // 7, 47, 87 have no mailbox; 33 has no address.
        assertThat(tally.dead()).isEqualTo(4);
        assertThat(tally.mails()).isEqualTo(116);
        // Six are busy at first, and all are refused for a while. How many of them count as retried is open: a refusal
        // that
        // the killed process had not yet written down is a crash, not a failed attempt.
        assertThat(tally.retried()).isPositive();
    }

    @Test
    void aRunThatIsStoppedAccountsForEveryOrder() throws Exception {
        Plan plan = new Plan(Optional.empty(), OptionalInt.empty(), false, 50, false, false);
        DemoRun[] running = new DemoRun[1];
        DemoRun run = new DemoRun(plan, folder, new View() {
            @Override
            public void show(Picture picture) {
                if (picture.ledger().mails() >= 20) {
                    running[0].stop();
                }
            }

            @Override
            public void close() {}
        });
        running[0] = run;
        Tally tally = run.run().tally();
        assertThat(tally.mails()).isGreaterThanOrEqualTo(20);
        assertThat(tally.lost()).isZero();
        assertThat(tally.mails() + tally.dead() + tally.waiting()).isEqualTo(tally.orders());
    }
}
