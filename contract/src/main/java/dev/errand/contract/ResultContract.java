package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.AwaitTimeoutException;
import dev.errand.Discard;
import dev.errand.Retry;
import dev.errand.ReturningTaskType;
import dev.errand.TaskFailedException;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Capability;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** What a handler returns can be awaited. */
@Needs({Capability.RESULTS, Capability.FIND, Capability.RETENTION})
abstract class ResultContract extends EngineContract {
    private static final Duration LONG = Duration.ofSeconds(15);
    private static final ReturningTaskType<String, String> ECHO =
            type("echo").retry(Retry.none()).returning(String.class);

    private TaskId enqueue(String payload) {
        return errand.enqueue(ECHO, payload).id();
    }

    @Test
    void theResultIsAwaited() throws Exception {
        start(worker().handle(ECHO, (payload, task) -> "<" + payload + ">"));
        assertThat(errand.tasks().await(ECHO, enqueue("x"), LONG)).isEqualTo("<x>");
    }

    @Test
    void anyTextAndAnEmptyOneComesBack() throws Exception {
        start(worker().handle(ECHO, (payload, task) -> payload));
        for (String text : List.of("", "😀 مرحبا e\u0301 \u0000", "x".repeat(200_000))) {
            assertThat(errand.tasks().await(ECHO, enqueue(text), LONG)).isEqualTo(text);
        }
    }

    @Test
    void anyBytesComeBack() throws Exception {
        ReturningTaskType<byte[], byte[]> bytes =
                dev.errand.TaskType.of("bytes", byte[].class).returning(byte[].class);
        start(worker().handle(bytes, (payload, task) -> payload));
        byte[] all = new byte[512];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        assertThat(errand.tasks().await(bytes, errand.enqueue(bytes, all).id(), LONG))
                .isEqualTo(all);
    }

    @Test
    void aResultIsThereForWhoComesLate() throws Exception {
        start(worker().handle(ECHO, (payload, task) -> payload));
        TaskId id = enqueue("x");
        awaitState(id, TaskState.COMPLETED);
        assertThat(errand.tasks().await(ECHO, id, Duration.ZERO)).isEqualTo("x");
        assertThat(errand.tasks().await(ECHO, id, LONG)).isEqualTo("x");
    }

    @Test
    void manyThreadsAwaitManyTasks() throws Exception {
        List<FutureTask<String>> waiters = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            TaskId id = enqueue("x" + i / 2);
            FutureTask<String> waiter = new FutureTask<>(() -> errand.tasks().await(ECHO, id, LONG));
            Thread.ofVirtual().start(waiter);
            waiters.add(waiter);
        }
        start(worker().handle(ECHO, (payload, task) -> payload));
        for (int i = 0; i < 40; i++) {
            assertThat(waiters.get(i).get()).isEqualTo("x" + i / 2);
        }
    }

    @Test
    void aWaitEndsPromptly() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        long[] returned = new long[1];
        start(worker().handle(ECHO, (payload, task) -> {
            hold(gate);
            returned[0] = System.nanoTime();
            return payload;
        }));
        TaskId id = enqueue("x");
        awaitState(id, TaskState.ACTIVE);
        FutureTask<String> waiter = new FutureTask<>(() -> errand.tasks().await(ECHO, id, LONG));
        Thread.ofVirtual().start(waiter);
        gate.countDown();
        waiter.get();
        assertThat(Duration.ofNanos(System.nanoTime() - returned[0])).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void aWaitHasALimit() {
        TaskId id = enqueue("nobody runs it");
        assertThatThrownBy(() -> errand.tasks().await(ECHO, id, Duration.ofMillis(150)))
                .isInstanceOf(AwaitTimeoutException.class)
                .hasMessageContaining(id.value());
    }

    @Test
    void aWaitIsInterruptible() throws Exception {
        TaskId id = enqueue("nobody runs it");
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread waiter = Thread.ofPlatform().daemon().start(() -> {
            try {
                errand.tasks().await(ECHO, id, LONG);
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        Await.until("it waits", () -> waiter.getState() != Thread.State.RUNNABLE);
        waiter.interrupt();
        await(interrupted);
    }

    @Test
    void aDeadTaskHasNoResult() {
        start(worker().handle(ECHO, (payload, task) -> {
            throw new IOException("no such luck");
        }));
        TaskId id = enqueue("x");
        assertThatThrownBy(() -> errand.tasks().await(ECHO, id, LONG))
                .isInstanceOf(TaskFailedException.class)
                .hasMessageContaining("DEAD")
                .hasMessageContaining("no such luck");
    }

    @Test
    void aCancelledTaskHasNoResult() {
        start(worker().handle(ECHO, (payload, task) -> {
            throw new Discard("no longer wanted");
        }));
        TaskId id = enqueue("x");
        assertThatThrownBy(() -> errand.tasks().await(ECHO, id, LONG))
                .isInstanceOf(TaskFailedException.class)
                .hasMessageContaining("no longer wanted");
    }

    @Test
    void anUnknownTaskIsNotWaitedFor() {
        assertThatThrownBy(() -> errand.tasks().await(ECHO, TaskId.of("never-stored"), LONG))
                .isInstanceOf(TaskFailedException.class)
                .hasMessageContaining("never-stored");
    }

    @Test
    void nullIsNoResult() {
        start(worker().handle(ECHO, (payload, task) -> nothing()));
        TaskInfo letter = deadLetter(enqueue("x"));
        assertThat(letter.lastError().orElseThrow().message()).contains("null");
    }

    @SuppressWarnings("NullAway") // what a careless handler does
    private static String nothing() {
        return null;
    }

    @Test
    void theEndOfATaskWithoutAResultIsAwaited() throws Exception {
        dev.errand.TaskType<String> plain = type("plain").retention(Duration.ofHours(1));
        dev.errand.TaskType<String> gone = type("gone");
        start(worker().handle(plain, (payload, task) -> {}).handle(gone, (payload, task) -> {}));
        TaskId kept = errand.enqueue(plain, "x").id();
        assertThat(errand.tasks().awaitEnd(kept, LONG).orElseThrow().state()).isEqualTo(TaskState.COMPLETED);
        TaskId notKept = errand.enqueue(gone, "x").id();
        assertThat(errand.tasks().awaitEnd(notKept, LONG)).isEmpty();
    }

    @Test
    @Needs(Capability.SHARED)
    void aResultIsAwaitedFromAnotherConnection() throws Exception {
        start(worker().handle(ECHO, (payload, task) -> payload));
        dev.errand.Errand elsewhere = stage.connect(c -> {});
        TaskId id = elsewhere.enqueue(ECHO, "x").id();
        assertThat(elsewhere.tasks().await(ECHO, id, LONG)).isEqualTo("x");
    }
}
