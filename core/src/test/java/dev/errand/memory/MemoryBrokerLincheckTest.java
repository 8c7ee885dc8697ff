package dev.errand.memory;

import dev.errand.TaskId;
import dev.errand.broker.AttemptToken;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.TakeRequest.Demand;
import dev.errand.broker.TaskStore;
import dev.errand.broker.WorkerSpec;
import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Calls at the same time answer as if they had come one after another, and no wake is lost between them. */
@Param(name = "task", gen = IntGen.class, conf = "1:2")
public class MemoryBrokerLincheckTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final int ROUNDS = 3_000;
    private static final Policy POLICY = new Policy(25, LONG, LONG, Set.of());

    private final MemoryBroker broker = broker();
    private final Intake one = open(broker, "one");
    private final Intake two = open(broker, "two");

    @Operation
    public String enqueue(@Param(name = "task") int task) {
        return broker.enqueue(List.of(envelope(task))).toString();
    }

    @Operation(nonParallelGroup = "one")
    public String takeByOne() {
        return take(one, Duration.ZERO);
    }

    @Operation(nonParallelGroup = "two")
    public String takeByTwo() {
        return take(two, Duration.ZERO);
    }

    @Operation
    public String complete(@Param(name = "task") int task) {
        return settleFirstAttempt(task, new Verdict.Complete(null, LONG));
    }

    @Operation
    public String release(@Param(name = "task") int task) {
        return settleFirstAttempt(task, new Verdict.Release(Duration.ZERO, "no room"));
    }

    @Operation
    public String cancel(@Param(name = "task") int task) {
        return broker.extension(TaskStore.class)
                .orElseThrow()
                .cancel(id(task), "unwanted", LONG)
                .toString();
    }

    @Operation
    public String state(@Param(name = "task") int task) {
        return broker.extension(TaskStore.class)
                .orElseThrow()
                .find(id(task))
                .map(found -> found.state() + (found.cancelRequested() ? ", to be cancelled" : ""))
                .orElse("unknown");
    }

    /** By stress on real threads: the model checker would replace the random numbers that the tokens are made of. */
    @Test
    void isLinearizable() {
        new StressOptions()
                .iterations(25)
                .invocationsPerIteration(2_000)
                .threads(3)
                .actorsBefore(2)
                .actorsPerThread(3)
                .actorsAfter(2)
                .check(MemoryBrokerLincheckTest.class);
    }

    @Test
    void noWakeIsLostWhileTwoTakesBegin() {
        for (int round = 0; round < ROUNDS; round++) {
            MemoryBroker shared = broker();
            Intake first = open(shared, "first");
            Intake second = open(shared, "second");
            Thread taker = Thread.ofPlatform().start(() -> take(first, LONG));
            Thread other = Thread.ofPlatform().start(() -> take(second, LONG));
            shared.enqueue(List.of(envelope(1)));
            shared.enqueue(List.of(envelope(2)));
            join(taker);
            join(other);
        }
    }

    /** The one who is stopped may be the one who was woken; the other must get the task all the same. */
    @Test
    void aStoppedTakerPassesItsWakeOn() {
        for (int round = 0; round < ROUNDS; round++) {
            MemoryBroker shared = broker();
            Intake stopped = open(shared, "stopped");
            Intake patient = open(shared, "patient");
            Thread taker = Thread.ofPlatform().start(() -> {
                if (!take(stopped, LONG).equals("nothing")) {
                    shared.enqueue(List.of(envelope(2)));
                }
            });
            Thread other = Thread.ofPlatform().start(() -> take(patient, LONG));
            shared.enqueue(List.of(envelope(1)));
            stopped.stopTaking();
            join(taker);
            join(other);
        }
    }

    private static MemoryBroker broker() {
        return new MemoryBroker(new ManualTime(Instant.EPOCH), () -> 7L, 10);
    }

    private static Intake open(MemoryBroker broker, String worker) {
        WorkerSpec spec = new WorkerSpec(
                worker, worker, "host", 1, Instant.EPOCH, Map.of("mail", 1), false, 1, Set.of("x"), LONG, LONG);
        return broker.open(spec, new Deaf());
    }

    private static TaskId id(int task) {
        return TaskId.of("t" + task);
    }

    private static Envelope envelope(int task) {
        return Envelope.of(id(task), "x", Payload.EMPTY, "mail", Instant.EPOCH, POLICY);
    }

    private static String take(Intake intake, Duration wait) {
        List<Delivery> taken = intake.take(new TakeRequest(List.of(new Demand("mail", 1)), 1, Map.of(), wait));
        return taken.isEmpty()
                ? "nothing"
                : taken.getFirst().lease().task() + " "
                        + taken.getFirst().lease().token();
    }

    private String settleFirstAttempt(int task, Verdict verdict) {
        Lease lease = new Lease(id(task), "mail", new AttemptToken(1, 7L));
        return one.settle(List.of(new Outcome(lease, envelope(task), verdict))).toString();
    }

    private static void join(Thread thread) {
        try {
            if (!thread.join(Duration.ofSeconds(30))) {
                throw new AssertionError("a wake was lost: a take still waits");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Deaf implements Signals {
        @Override
        public void lost(Lease lease) {}

        @Override
        public void cancel(TaskId task) {}

        @Override
        public void dueChanged() {}
    }
}
