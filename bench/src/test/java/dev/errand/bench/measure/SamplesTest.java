package dev.errand.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.bench.report.Quantiles;
import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void quantilesAreByNearestRank() {
        Samples samples = new Samples();
        for (int millis = 200; millis >= 1; millis--) {
            samples.add(millis * 1_000_000L);
        }
        assertThat(samples.quantiles()).contains(new Quantiles(100, 198, 200));
        assertThat(samples.minMillis()).isEqualTo(1);
    }

    @Test
    void oneTimeIsEveryQuantile() {
        Samples samples = new Samples();
        samples.add(1_500_000);
        assertThat(samples.quantiles()).contains(new Quantiles(1.5, 1.5, 1.5));
    }

    @Test
    void withoutTimesThereAreNone() {
        assertThat(new Samples().quantiles()).isEmpty();
    }

    @Test
    void severalCallersAreBroughtTogether() {
        Samples all = new Samples();
        for (int caller = 0; caller < 3; caller++) {
            Samples own = new Samples();
            for (int i = 1; i <= 1_000; i++) {
                own.add(i * 1_000_000L);
            }
            all.add(own);
        }
        assertThat(all.size()).isEqualTo(3_000);
        assertThat(all.quantiles()).contains(new Quantiles(500, 990, 1_000));
    }

    @Test
    void theMedianIsTheMiddle() {
        assertThat(Median.of(9, 1, 5)).hasValue(5);
        assertThat(Median.of(1, 2, 10, 4)).hasValue(3);
        assertThat(Median.of()).isEmpty();
    }
}
