package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.broker.Capability;
import dev.errand.broker.Durability;
import dev.errand.broker.Profile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuaranteeTableTest {
    @TempDir
    Path dir;

    private static Findings findings(String broker, Finding... all) {
        Profile profile = new Profile(
                broker,
                Set.of(Capability.UNIQUE),
                Durability.OS_CRASH,
                Duration.ofMillis(5),
                Profile.DueClock.CLIENT,
                Optional.empty());
        return Findings.of(broker, profile, List.of(all));
    }

    private static Finding finding(String subject, Finding.Verdict verdict, String... capabilities) {
        return new Finding(subject, "aTest", List.of(capabilities), verdict, "a\treason\nin lines");
    }

    @Test
    void whatWasWrittenIsRead() throws IOException {
        Findings written = findings(
                "one",
                finding("Enqueue", Finding.Verdict.PASSED),
                finding("Unique", Finding.Verdict.FAILED, "UNIQUE", "FIND"));
        written.write(dir);
        assertThat(Findings.read(dir.resolve("one.tsv"))).isEqualTo(written);
    }

    @Test
    void theTableCountsByCapability() {
        String table = GuaranteeTable.render(List.of(
                findings(
                        "good",
                        finding("DeadLetters", Finding.Verdict.PASSED),
                        finding("DeadLetters", Finding.Verdict.PASSED),
                        finding("Unique", Finding.Verdict.PASSED, "UNIQUE")),
                findings(
                        "bad",
                        finding("DeadLetters", Finding.Verdict.PASSED),
                        finding("DeadLetters", Finding.Verdict.FAILED),
                        finding("Unique", Finding.Verdict.NOT_CLAIMED, "UNIQUE"))));
        assertThat(table)
                .contains("| core level | good | bad |")
                .contains("| dead letters | 2 | **1 of 2** |")
                .contains("| `UNIQUE` | 1 | – |")
                .contains("| `FIND` | – | – |")
                .contains("| durability | OS_CRASH | OS_CRASH |");
    }

    @Test
    void aBrokenFileIsRefused() {
        assertThatThrownBy(() -> Finding.parse("half a line")).isInstanceOf(IllegalArgumentException.class);
    }
}
