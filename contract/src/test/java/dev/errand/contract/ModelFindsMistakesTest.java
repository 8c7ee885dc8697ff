package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.contract.BrokenBroker.Mistake;
import dev.errand.contract.model.BrokerModelTest;
import dev.errand.contract.model.Command;
import dev.errand.contract.model.Trials;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That the model tests would find a real mistake, and show it by a few commands. */
class ModelFindsMistakesTest {
    @ParameterizedTest
    @EnumSource
    void findsAndShrinks(Mistake mistake) {
        Trials.Failure<Command> failure = trials(mistake).search(1, 300, 100).orElseThrow();

        assertThat(failure.shortest()).as(failure.toString()).hasSizeBetween(1, 5);
        assertThat(failure.toString())
                .contains("-Derrand.model.seed=" + failure.seed())
                .contains(failure.shortest().getLast().toString());
    }

    @Test
    void theSeedAloneBringsItBack() {
        Trials<Command> trials = trials(Mistake.RELEASES_AS_RETRY);
        Trials.Failure<Command> failure = trials.search(7, 300, 100).orElseThrow();

        assertThat(trials.search(failure.seed(), 1, 100).orElseThrow().shortest())
                .isEqualTo(failure.shortest());
    }

    private static Trials<Command> trials(Mistake mistake) {
        return BrokerModelTest.trials((time, random) -> new BrokenBroker(mistake, time, random), Duration.ZERO);
    }
}
