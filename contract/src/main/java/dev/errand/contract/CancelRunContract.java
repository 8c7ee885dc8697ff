package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.Retry;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.broker.Capability;
import dev.errand.broker.TaskStore.CancelAnswer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A running task is called off, as its handler and its caller see it. */
@Needs({Capability.CANCEL_ACTIVE, Capability.CANCEL_WAITING, Capability.FIND, Capability.RETENTION})
abstract class CancelRunContract extends EngineContract {
    @Test
    void theHandlerIsInterruptedAndTheTaskEndsCancelled() {
        TaskType<String> type = type("called.off");
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        start(worker().handle(type, (payload, task) -> {
            began.countDown();
            try {
                hold(new CountDownLatch(1));
            } catch (InterruptedException e) {
                assertThat(task.cancelled()).isTrue();
                interrupted.countDown();
                throw e;
            }
        }));
        TaskId id = errand.enqueue(type, "x").id();
        await(began);
        assertThat(errand.tasks().cancel(id, "the order was withdrawn")).isEqualTo(CancelAnswer.REQUESTED);
        await(interrupted);
        TaskInfo info = ended(id);
        assertThat(info.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(info.reason()).as("the person's reason is kept").contains("the order was withdrawn");
        assertThat(info.attempts()).as("it did not fail").isZero();
    }

    @Test
    void aHandlerThatFailsBecauseOfTheInterruptIsNotRetried() {
        TaskType<String> type = type("fails").retry(Retry.fixed(Duration.ZERO));
        CountDownLatch began = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        start(worker().handle(type, (payload, task) -> {
            ran.incrementAndGet();
            began.countDown();
            try {
                hold(new CountDownLatch(1));
            } catch (InterruptedException e) {
                throw new IOException("wrapped by a library", e);
            }
        }));
        TaskId id = errand.enqueue(type, "x").id();
        await(began);
        errand.tasks().cancel(id, "not wanted");
        assertThat(ended(id).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(ran.get()).isEqualTo(1);
    }

    @Test
    void aHandlerThatCompletesAllTheSameHasCompleted() {
        TaskType<String> type = type("completes").retention(Duration.ofHours(1));
        CountDownLatch began = new CountDownLatch(1);
        start(worker().handle(type, (payload, task) -> {
            began.countDown();
            try {
                hold(new CountDownLatch(1));
            } catch (InterruptedException e) {
                // it was done already
            }
        }));
        TaskId id = errand.enqueue(type, "x").id();
        await(began);
        errand.tasks().cancel(id, "not wanted");
        assertThat(ended(id).state()).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void aTaskThatWaitsIsCancelledAndNeverRuns() {
        TaskType<String> type = type("waits");
        AtomicInteger ran = new AtomicInteger();
        TaskId id = errand.enqueue(type, "x").id();
        assertThat(errand.tasks().cancel(id, "not wanted")).isEqualTo(CancelAnswer.CANCELLED);
        start(worker().handle(type, (payload, task) -> ran.incrementAndGet()));
        TaskId other = errand.enqueue(type.retention(Duration.ofHours(1)), "y").id();
        Await.until("the other one has run", () -> ran.get() == 1);
        assertThat(errand.tasks().find(id).orElseThrow().state()).isEqualTo(TaskState.CANCELLED);
        assertThat(other).isNotEqualTo(id);
    }

    @Test
    void manyRunningTasksAreCancelledWithoutATrace() {
        TaskType<String> type = type("many");
        CountDownLatch began = new CountDownLatch(30);
        CountDownLatch gate = new CountDownLatch(1);
        TaskType<String> next = type("next");
        AtomicInteger after = new AtomicInteger();
        Worker worker = start(worker().concurrency(30)
                .handle(type, (payload, task) -> {
                    began.countDown();
                    hold(gate);
                })
                .handle(next, (payload, task) -> after.incrementAndGet()));
        List<TaskId> ids = errand.enqueueAll(type, java.util.Collections.nCopies(30, "x")).stream()
                .map(answer -> ((dev.errand.Enqueued) answer).id())
                .toList();
        await(began);
        ids.forEach(id -> errand.tasks().cancel(id, "not wanted"));
        ids.forEach(id -> assertThat(ended(id).state()).isEqualTo(TaskState.CANCELLED));
        errand.enqueue(next, "x");
        Await.until("the slots are free", () -> after.get() == 1);
        assertThat(Await.within(Duration.ofMillis(5_300), () -> worker.health().stuck() > 0))
                .as("whoever heeded the interrupt is not counted as stuck later")
                .isFalse();
    }
}
