package dev.errand.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CensusTest {
    private final Census census = new Census();

    @Test
    void allIsWell() {
        for (int i = 0; i < 100_000; i++) {
            int number = census.next();
            census.acknowledged(number);
            census.ran(number, false);
        }
        assertThat(census.count()).isEqualTo(new Census.Count(100_000, 0, 0, 0));
        assertThat(census.ran()).isEqualTo(100_000);
    }

    @Test
    void anAcknowledgedTaskThatNeverRanIsLost() {
        census.acknowledged(census.next());
        assertThat(census.count()).isEqualTo(new Census.Count(1, 1, 0, 0));
    }

    @Test
    void oneThatWasNotAcknowledgedIsNotLost() {
        census.next();
        assertThat(census.count()).isEqualTo(new Census.Count(0, 0, 0, 0));
    }

    @Test
    void aSecondRunIsADuplicateUnlessThereIsAReason() {
        int bad = census.next();
        census.acknowledged(bad);
        census.ran(bad, false);
        census.ran(bad, false);
        int explained = census.next();
        census.acknowledged(explained);
        census.ran(explained, false);
        census.ran(explained, true);
        assertThat(census.count()).isEqualTo(new Census.Count(2, 0, 2, 1));
        assertThat(census.ran()).isEqualTo(2);
    }

    @Test
    void aRunMayComeBeforeTheAcknowledgement() {
        int number = census.next();
        census.ran(number, false);
        census.acknowledged(number);
        assertThat(census.count()).isEqualTo(new Census.Count(1, 0, 0, 0));
    }
}
