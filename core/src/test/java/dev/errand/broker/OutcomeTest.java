package dev.errand.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.DeadCause;
import dev.errand.broker.Outcome.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OutcomeTest {
    private static final String LONG = "x".repeat(2_000);
    private static final String CUT = "x".repeat(1_000);

    @Test
    void longReasonsAreCut() {
        assertThat(new Verdict.Dead(DeadCause.REFUSED, LONG).reason()).isEqualTo(CUT);
        assertThat(new Verdict.Release(Duration.ZERO, LONG).reason()).isEqualTo(CUT);
        assertThat(new Verdict.Cancel(LONG, Duration.ZERO).reason()).isEqualTo(CUT);
    }

    @Test
    void othersStayAndNoCharacterIsCutInTwo() {
        assertThat(Outcome.reason(CUT)).isSameAs(CUT);
        assertThat(Outcome.reason("x".repeat(999) + "😀")).isEqualTo("x".repeat(999));
    }
}
