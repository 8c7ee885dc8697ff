package dev.errand.contract;

import dev.errand.Errand;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.WorkerBuilder;
import dev.errand.broker.Broker;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;

/** A subject that is told as users see it: a client and workers, in real time. */
abstract class EngineContract extends Contract {
    Time time;
    Broker broker;
    Errand errand;

    @BeforeEach
    void connect() {
        time = stage.closing(Time.system());
        broker = stage.open(time);
        errand = stage.connect(broker, time, c -> {});
    }

    static TaskType<String> type(String name) {
        return TaskType.of(name, String.class);
    }

    WorkerBuilder worker() {
        return errand.worker().stopAfter(Duration.ofSeconds(5), Duration.ofSeconds(2));
    }

    Worker start(WorkerBuilder builder) {
        return stage.closing(builder.start());
    }

    TaskInfo deadLetter(TaskId id) {
        return Await.present(
                "task " + id + " is a dead letter", () -> errand.deadLetters().show(id));
    }

    TaskInfo ended(TaskId id) {
        return Await.present(
                "task " + id + " has ended",
                () -> errand.tasks().find(id).filter(t -> t.state().ended()));
    }

    void awaitState(TaskId id, TaskState state) {
        Await.until(
                "task " + id + " is " + state,
                () -> errand.tasks().find(id).map(TaskInfo::state).orElse(null) == state);
    }

    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("waited in vain for " + latch.getCount() + " more");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Holds a handler until the test ends or lets go; an interrupt gets through. */
    static void hold(CountDownLatch gate) throws InterruptedException {
        if (!gate.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("nobody opened the gate");
        }
    }
}
