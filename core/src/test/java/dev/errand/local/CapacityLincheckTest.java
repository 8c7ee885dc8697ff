package dev.errand.local;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Permits and places: whatever the interleaving, it is as if one had come after the other. */
@Param(name = "weight", gen = IntGen.class, conf = "1:2")
public class CapacityLincheckTest {
    private final Capacity capacity = new Capacity(2, 1);
    private final WaitingLine line = new WaitingLine();

    @Operation
    public Answer enter(@Param(name = "weight") int weight) {
        return capacity.enter(weight, line, true);
    }

    @Operation
    public Answer waitForTime() {
        return capacity.wait(line);
    }

    @Operation
    public boolean take(@Param(name = "weight") int weight) {
        return capacity.take(weight);
    }

    @Operation
    public void giveBack(@Param(name = "weight") int weight) {
        capacity.giveBack(weight);
    }

    @Operation
    public void goBackToWait() {
        capacity.goBackToWait(1);
    }

    @Operation
    public void close() {
        capacity.close();
    }

    @Operation
    public int waitingIfNoneRuns() {
        return capacity.waitingIfNoneRuns();
    }

    @Test
    void isOneThingAtATime() {
        new ModelCheckingOptions()
                .iterations(10)
                .threads(2)
                .actorsPerThread(3)
                .invocationsPerIteration(100)
                .check(CapacityLincheckTest.class);
    }
}
