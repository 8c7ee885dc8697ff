package dev.errand.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.DeadCause;
import dev.errand.Errand;
import dev.errand.Retry;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whatever a handler, or even the engine's surroundings, do: every attempt has an ending, and no thread is lost. */
class EndingTest {
    private static final class Nasty extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("not even that");
        }
    }

    @Test
    void anExceptionWhoseOwnMethodsThrowIsAFailureLikeAnyOther() {
        TaskType<String> nasty = TaskType.of("nasty", String.class)
                .retry(Retry.fixed(Duration.ZERO).maxAttempts(2));
        try (Errand errand = Errand.connect("memory:");
                Worker worker = errand.worker()
                        .handle(nasty, (payload, task) -> {
                            throw new Nasty();
                        })
                        .start()) {
            TaskId id = errand.enqueue(nasty, "x").id();
            Eventually.that(
                    "it is dead",
                    () -> errand.tasks().find(id).map(TaskInfo::state).orElseThrow() == TaskState.DEAD);
            TaskInfo info = errand.tasks().find(id).orElseThrow();
            assertThat(info.cause()).isEqualTo(DeadCause.EXHAUSTED);
            assertThat(info.lastError().orElseThrow().message()).contains("getMessage failed");
            Eventually.that("its slot is free", () -> worker.health().running() == 0);
        }
    }

    @Test
    void aLoopOutlivesAFailureThatCannotEvenBeTold() {
        AtomicInteger rounds = new AtomicInteger();
        try (Time time = Time.system()) {
            Loop loop = new Loop("test", time, new Outage(time, new Random(1), "worker"), () -> {
                rounds.incrementAndGet();
                throw new Nasty();
            });
            loop.start();
            Eventually.that("it goes on", () -> rounds.get() >= 2);
            loop.stop();
            assertThat(loop.join(Duration.ofSeconds(10))).isTrue();
        }
    }
}
