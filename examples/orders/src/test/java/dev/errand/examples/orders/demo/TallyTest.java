package dev.errand.examples.orders.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.examples.orders.smtp.StoredMail;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TallyTest {
    private static StoredMail mail(String order, int attempt) {
        return new StoredMail("<" + order + "@x>", order, attempt);
    }

    @Test
    void everyOrderHasOneEnd() {
        Tally tally = Tally.of(
                Set.of("sent", "retried", "bad", "waiting", "gone"),
                List.of(mail("sent", 1), mail("retried", 3)),
                Set.of("bad"),
                Optional.of(Set.of("waiting")));
        assertThat(tally).isEqualTo(new Tally(5, 2, 0, 1, 1, 1, 1, 0));
    }

    @Test
    void aSecondArrivalIsADuplicateAndNoOtherMail() {
        Tally tally = Tally.of(
                Set.of("a"), List.of(mail("a", 1), mail("a", 2), mail("a", 2)), Set.of(), Optional.of(Set.of()));
        assertThat(tally).isEqualTo(new Tally(1, 1, 2, 1, 0, 0, 0, 0));
    }

    @Test
    void whatWasNotAcknowledgedDoesNotCount() {
        Tally tally = Tally.of(Set.of(), List.of(mail("a", 1), mail("a", 1)), Set.of("b"), Optional.of(Set.of("c")));
        assertThat(tally).isEqualTo(new Tally(0, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void aCompletedTaskWithoutAMailIsLost() {
        assertThat(Tally.of(Set.of("a"), List.of(), Set.of(), Optional.of(Set.of()))
                        .lost())
                .isEqualTo(1);
    }

    @Test
    void whereTheBrokerCannotSayNothingIsCalledLostNorWaiting() {
        Tally tally = Tally.of(Set.of("a", "b", "bad"), List.of(mail("a", 1)), Set.of("bad"), Optional.empty());
        assertThat(tally).isEqualTo(new Tally(3, 1, 0, 0, 1, 0, 0, 1));
        assertThat(tally.open()).isEqualTo(1);
    }
}
