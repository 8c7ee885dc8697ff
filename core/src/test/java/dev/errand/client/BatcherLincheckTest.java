package dev.errand.client;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/**
 * Every interleaving, up to a number, of callers who hand the lead to each other. The flush numbers the items, so that an item
 * that was lost, flushed twice or answered with another's answer breaks the order; a lost hand-over is a deadlock.
 */
public class BatcherLincheckTest {
    private int flushed;
    private final Batcher<Integer, Integer> pairs = new Batcher<>(2, this::number);

    private List<Integer> number(List<Integer> items) {
        List<Integer> answers = new ArrayList<>();
        for (int ignored : items) {
            answers.add(++flushed);
        }
        return answers;
    }

    @Operation
    public int submit(int item) {
        return pairs.submit(item);
    }

    @Test
    void answersEveryCallerOnceInTheOrderOfTheFlushes() {
        new ModelCheckingOptions()
                .iterations(6)
                .invocationsPerIteration(200)
                .threads(3)
                .actorsPerThread(2)
                .check(BatcherLincheckTest.class);
    }
}
