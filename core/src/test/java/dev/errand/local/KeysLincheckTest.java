package dev.errand.local;

import dev.errand.Retry;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** The turns of one key: whatever the interleaving, it is as if one had come after the other. */
@Param(name = "job", gen = IntGen.class, conf = "0:2")
public class KeysLincheckTest {
    private static final Plan PLAN = new Plan(1, Retry.none(), null, null);

    private final Keys keys = new Keys(1);
    private final List<Job<Integer>> jobs = List.of(job(0), job(1), job(2));

    @SuppressWarnings("NullAway") // keys need no engine
    private static Job<Integer> job(int number) {
        return new Job<>(null, "job", PLAN, number, "k", null, null, () -> 1);
    }

    /** Only its first time: a job is submitted once. */
    @Operation
    public String enter(@Param(name = "job") int number) {
        Job<Integer> job = jobs.get(number);
        synchronized (job) {
            if (job.runs > 0) {
                return "again";
            }
            job.runs = 1;
            return keys.enter("k", job, () -> Answer.WAITS).name();
        }
    }

    @Operation
    public String release(@Param(name = "job") int number) {
        Job<?> next = keys.release("k", jobs.get(number));
        return next == null ? "none" : next.number + " " + next.place();
    }

    @Operation
    public boolean end(@Param(name = "job") int number) {
        return keys.end("k", jobs.get(number));
    }

    @Operation
    public List<Long> behind() {
        return keys.behind().stream().map(job -> job.number).toList();
    }

    @Test
    void isOneThingAtATime() {
        new ModelCheckingOptions()
                .iterations(4)
                .threads(2)
                .actorsPerThread(3)
                .invocationsPerIteration(50)
                .check(KeysLincheckTest.class);
    }
}
