package dev.errand.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.DeadCause;
import dev.errand.Errand;
import dev.errand.PayloadCodec;
import dev.errand.Retry;
import dev.errand.ReturningTaskType;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A codec is the user's code, as a handler is: it has no more time, and keeps no slot for ever. */
class CodecTroubleTest {
    private static final ReturningTaskType<Integer, Integer> WORK = TaskType.of("work", Integer.class)
            .timeout(Duration.ofSeconds(20))
            .retention(Duration.ofDays(1))
            .retry(Retry.none())
            .returning(Integer.class);

    /** Hangs at a number. */
    private static final class Hanging implements PayloadCodec {
        private final AtomicInteger hangs = new AtomicInteger();
        private final CountDownLatch never = new CountDownLatch(1);
        volatile int decoding = -1;
        volatile int encoding = -1;
        volatile boolean stubborn;

        @Override
        public String contentType() {
            return "text/plain";
        }

        @Override
        public byte[] encode(Object value, Type type) throws Exception {
            hangIf(value.equals(encoding));
            return value.toString().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Object decode(byte[] bytes, Type type) throws Exception {
            Integer value = Integer.valueOf(new String(bytes, StandardCharsets.UTF_8));
            hangIf(value.equals(decoding));
            return value;
        }

        private void hangIf(boolean here) throws InterruptedException {
            if (here) {
                hangs.incrementAndGet();
                do {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        if (!stubborn) {
                            throw e;
                        }
                    }
                } while (stubborn);
            }
        }
    }

    private final ManualTime time = new ManualTime(Instant.parse("2026-01-01T00:00:00Z"));
    private final MemoryBroker broker = new MemoryBroker(time, new Random(1), 1_000);
    private final Hanging codec = new Hanging();
    private final Errand errand =
            Errand.over(broker, c -> c.time(time).random(new Random(2)).codec(codec));

    @AfterEach
    void close() {
        codec.stubborn = false;
        codec.never.countDown();
        errand.close();
        broker.close();
    }

    private TaskInfo info(TaskId id) {
        return errand.tasks().find(id).orElseThrow();
    }

    private Worker worker() {
        return errand.worker()
                .stopAfter(Duration.ZERO, Duration.ZERO)
                .handle(WORK, (number, task) -> number + 1)
                .start();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCodecThatHangsIsTimedOut(boolean decoding) {
        codec.decoding = decoding ? 1 : -1;
        codec.encoding = decoding ? -1 : 2;
        try (Worker worker = worker()) {
            TaskId id = errand.enqueue(WORK, 1).id();
            Eventually.that("it hangs", () -> codec.hangs.get() == 1);
            Eventually.moving(time, 1, Duration.ofSeconds(1), "it is dead", () -> info(id).state() == TaskState.DEAD);
            assertThat(info(id).cause()).isEqualTo(DeadCause.EXHAUSTED);
            assertThat(info(id).reason()).contains("interrupted after the timeout of PT20S");
            Eventually.that("its slot is free", () -> worker.load().running() == 0);
        }
    }

    @Test
    void aCodecThatIgnoresItsInterruptIsShownAsStuckAndDoesNotKeepTheTaskAfterAStop() {
        codec.decoding = 1;
        codec.stubborn = true;
        Worker worker = worker();
        TaskId id = errand.enqueue(WORK, 1).id();
        Eventually.that("it hangs", () -> codec.hangs.get() == 1);
        Eventually.moving(
                time,
                1,
                Duration.ofSeconds(1),
                "it is shown as stuck",
                () -> worker.health().stuck() == 1);
        worker.close();
        assertThat(info(id).state()).isEqualTo(TaskState.PENDING);
    }

    @Test
    void aStopInTheMiddleOfADecodingGivesTheTaskBack() {
        codec.decoding = 1;
        Worker worker = worker();
        TaskId id = errand.enqueue(WORK, 1).id();
        Eventually.that("it hangs", () -> codec.hangs.get() == 1);
        worker.stop(Duration.ZERO, Duration.ofSeconds(5));
        assertThat(info(id).state()).isEqualTo(TaskState.PENDING);
        assertThat(info(id).attempts()).isZero();
    }

    @Test
    void aResultThatIsTooLargeMakesTheTaskADeadLetterAtOnce() {
        ReturningTaskType<String, String> large =
                TaskType.of("large", String.class).retention(Duration.ofDays(1)).returning(String.class);
        AtomicInteger runs = new AtomicInteger();
        try (Errand small = Errand.over(
                        broker, c -> c.time(time).random(new Random(3)).maxPayload(1_000));
                Worker worker = small.worker()
                        .stopAfter(Duration.ZERO, Duration.ZERO)
                        .handle(large, (payload, task) -> {
                            runs.incrementAndGet();
                            return "x".repeat(1_001);
                        })
                        .start()) {
            TaskId id = small.enqueue(large, "x").id();
            Eventually.that("it is over", () -> info(id).state().ended());
            assertThat(info(id).state()).isEqualTo(TaskState.DEAD);
            assertThat(info(id).cause()).isEqualTo(DeadCause.REFUSED);
            assertThat(info(id).reason())
                    .contains("result")
                    .contains("1001 bytes")
                    .contains("1000");
            Eventually.that("it is idle", () -> worker.load().running() == 0);
        }
        assertThat(runs.get()).isEqualTo(1);
    }
}
