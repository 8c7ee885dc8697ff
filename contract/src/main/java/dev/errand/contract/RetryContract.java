package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.AttemptError;
import dev.errand.DeadCause;
import dev.errand.DeadLetter;
import dev.errand.Discard;
import dev.errand.Health;
import dev.errand.Release;
import dev.errand.Retry;
import dev.errand.RetryAfter;
import dev.errand.TaskHandler;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.broker.AttemptToken;
import dev.errand.broker.Capability;
import dev.errand.broker.History;
import dev.errand.broker.TaskFilter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whatever a handler does, its task has one defined end. */
abstract class RetryContract extends EngineContract {
    private static final Retry QUICK = Retry.fixed(Duration.ofMillis(20)).jitter(0);

    private final Runs runs = new Runs();

    /** Runs one task of a type with three quick attempts until it is a dead letter. */
    private TaskInfo dies(TaskHandler<String> handler) {
        TaskType<String> type = type("dies").retry(QUICK.maxAttempts(3));
        start(worker().handle(type, (payload, task) -> {
            runs.begin(payload, task);
            try {
                handler.handle(payload, task);
            } finally {
                runs.end(task);
            }
        }));
        return deadLetter(errand.enqueue(type, "x").id());
    }

    @Test
    void aFailedTaskIsTriedAgainUntilItSucceeds() {
        TaskType<String> type = type("third.time").retry(QUICK);
        CountDownLatch done = new CountDownLatch(1);
        start(worker().handle(type, (payload, task) -> {
            runs.begin(payload, task);
            if (task.attempt() < 3) {
                throw new IOException("attempt " + task.attempt());
            }
            done.countDown();
        }));
        TaskId id = errand.enqueue(type, "x").id();
        await(done);
        assertThat(runs.all()).extracting(Runs.Run::attempt).containsExactly(1, 2, 3);
        assertThat(runs.all()).extracting(Runs.Run::id).containsOnly(id);
        assertThat(runs.all()).extracting(Runs.Run::payload).containsOnly("x");
        assertThat(runs.all().stream().map(Runs.Run::token).map(AttemptToken::number))
                .isSorted()
                .doesNotHaveDuplicates();
        Await.until("nothing is left", () -> errand.queues().depth("default") == 0);
        assertThat(errand.deadLetters().show(id)).isEmpty();
    }

    @Test
    void aRetryWaitsForItsTime() {
        Duration delay = Duration.ofMillis(1_200);
        TaskType<String> type = type("waits").retry(Retry.fixed(delay).jitter(0));
        List<Instant> starts = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean failedAt = new AtomicBoolean();
        Instant[] failed = new Instant[1];
        start(worker().handle(type, (payload, task) -> {
            starts.add(Instant.now());
            if (failedAt.compareAndSet(false, true)) {
                failed[0] = Instant.now();
                throw new IOException("once");
            }
        }));
        errand.enqueue(type, "x");
        Await.until("the second attempt", () -> starts.size() == 2);
        Duration waited = Duration.between(failed[0], starts.get(1)).plusMillis(1); // instants are cut to milliseconds
        assertThat(waited).isGreaterThanOrEqualTo(delay);
        assertThat(waited).isLessThan(delay.plus(stage.profile().granularity()).plusSeconds(2));
    }

    @Test
    void anExhaustedTaskIsDeadWithAllItsErrors() {
        TaskInfo letter = dies((payload, task) -> {
            throw new IOException("failure " + task.attempt());
        });
        assertThat(letter.cause()).isEqualTo(DeadCause.EXHAUSTED);
        assertThat(letter.reason()).contains("3 of 3", "failure 3");
        assertThat(letter.attempts()).isEqualTo(3);
        List<AttemptError> errors = letter.envelope().history().errors();
        assertThat(errors).extracting(AttemptError::message).containsExactly("failure 1", "failure 2", "failure 3");
        assertThat(errors).extracting(AttemptError::attempt).containsExactly(1, 2, 3);
        assertThat(errors).extracting(AttemptError::error).containsOnly("java.io.IOException");
        assertThat(errors)
                .allMatch(
                        e -> e.stack().contains("RetryContract") && !e.worker().isEmpty());
        assertThat(runs.count()).isEqualTo(3);
    }

    @Test
    void theNewestErrorsAreKept() {
        TaskType<String> type = type("many").retry(Retry.fixed(Duration.ZERO).maxAttempts(15));
        start(worker().handle(type, (payload, task) -> {
            throw new IOException("failure " + task.attempt());
        }));
        TaskInfo letter = deadLetter(errand.enqueue(type, "x").id());
        assertThat(letter.attempts()).isEqualTo(15);
        assertThat(letter.envelope().history().errors())
                .hasSize(History.MAX_ERRORS)
                .extracting(AttemptError::message)
                .startsWith("failure 6")
                .endsWith("failure 15");
    }

    @Test
    void aTaskCanHaveItsOwnNumberOfAttempts() {
        TaskType<String> type = type("own").retry(QUICK.maxAttempts(50));
        start(worker().handle(type, (payload, task) -> {
            assertThat(task.maxAttempts()).isEqualTo(2);
            throw new IOException("no");
        }));
        TaskInfo letter =
                deadLetter(errand.enqueue(type, "x", o -> o.maxAttempts(2)).id());
        assertThat(letter.attempts()).isEqualTo(2);
    }

    @Test
    void aChangedPolicyReachesWaitingTasks() {
        TaskId id = errand.enqueue(type("changed").retry(QUICK.maxAttempts(50)), "x")
                .id();
        TaskType<String> now = type("changed").retry(QUICK.maxAttempts(2));
        start(stage.connect(broker, time, c -> {}).worker().handle(now, (payload, task) -> {
            throw new IOException("no");
        }));
        assertThat(deadLetter(id).attempts()).isEqualTo(2);
    }

    @Test
    void retryAfterCountsAndWaitsAsTold() {
        TaskType<String> type =
                type("after").retry(Retry.fixed(Duration.ofHours(1)).maxAttempts(3));
        start(worker().handle(type, (payload, task) -> {
            runs.begin(payload, task);
            throw new RetryAfter(Duration.ofMillis(30), new IOException("busy"));
        }));
        TaskInfo letter = deadLetter(errand.enqueue(type, "x").id());
        assertThat(letter.cause()).isEqualTo(DeadCause.EXHAUSTED);
        assertThat(runs.all()).extracting(Runs.Run::attempt).containsExactly(1, 2, 3);
        assertThat(letter.lastError().orElseThrow().message()).isEqualTo("busy");
    }

    @Test
    void releaseDoesNotCount() {
        TaskType<String> type = type("released").retry(Retry.none());
        CountDownLatch done = new CountDownLatch(1);
        start(worker().handle(type, (payload, task) -> {
            runs.begin(payload, task);
            if (runs.count() <= 5) {
                throw new Release(Duration.ofMillis(runs.count() % 2 == 0 ? 0 : 20));
            }
            done.countDown();
        }));
        TaskId id = errand.enqueue(type, "x").id();
        await(done);
        assertThat(runs.all()).hasSize(6).extracting(Runs.Run::attempt).containsOnly(1);
        assertThat(errand.deadLetters().show(id)).isEmpty();
    }

    @Test
    void aHandlerCanRefuseItsTask() {
        TaskInfo letter = dies((payload, task) -> {
            throw new DeadLetter("it can never work", new IOException("because"));
        });
        assertThat(letter.cause()).isEqualTo(DeadCause.REFUSED);
        assertThat(letter.reason()).isEqualTo("it can never work");
        assertThat(letter.lastError().orElseThrow().message()).isEqualTo("because");
        assertThat(runs.count()).isEqualTo(1);
    }

    @Test
    void someExceptionsAreNeverRetried() {
        TaskType<String> type = type("never").retry(QUICK.never(IllegalArgumentException.class));
        start(worker().handle(type, (payload, task) -> {
            runs.begin(payload, task);
            throw new NumberFormatException("a subclass counts");
        }));
        TaskInfo letter = deadLetter(errand.enqueue(type, "x").id());
        assertThat(letter.cause()).isEqualTo(DeadCause.REFUSED);
        assertThat(runs.count()).isEqualTo(1);
    }

    @Test
    void anExceptionCanHaveItsOwnPolicy() {
        TaskType<String> type =
                type("own.policy").retry(QUICK.maxAttempts(2).on(IOException.class, QUICK.maxAttempts(4)));
        start(worker().handle(type, (payload, task) -> {
            throw new IOException("again");
        }));
        assertThat(deadLetter(errand.enqueue(type, "x").id()).attempts()).isEqualTo(4);
    }

    @Test
    void aHandlerCanDiscardItsTask() {
        TaskType<String> type = type("discarded").retry(QUICK);
        start(worker().handle(type, (payload, task) -> {
            runs.begin(payload, task);
            throw new Discard("no longer wanted");
        }));
        TaskId id = errand.enqueue(type, "x").id();
        Await.until("it ran", () -> runs.count() == 1);
        if (stage.can(Capability.RETENTION) && stage.can(Capability.FIND)) {
            TaskInfo info = ended(id);
            assertThat(info.state()).isEqualTo(TaskState.CANCELLED);
            assertThat(info.reason()).isEqualTo("no longer wanted");
        }
        assertThat(Await.within(Duration.ofMillis(200), () -> runs.count() > 1)).isFalse();
        assertThat(errand.deadLetters().show(id)).isEmpty();
    }

    // ---- hostile exceptions

    @Test
    void anExceptionWithoutAMessage() {
        TaskInfo letter = dies((payload, task) -> {
            throw new IOException((String) null);
        });
        assertThat(letter.attempts()).isEqualTo(3);
        assertThat(letter.lastError().orElseThrow().message()).isEmpty();
        assertThat(letter.reason()).contains("IOException");
    }

    @Test
    void anExceptionThatCausesItself() {
        TaskInfo letter = dies((payload, task) -> {
            Exception one = new Exception("one");
            Exception two = new Exception("two", one);
            one.initCause(two);
            throw two;
        });
        assertThat(letter.lastError().orElseThrow().message()).isEqualTo("two");
    }

    @Test
    void anExceptionWithAHugeMessage() {
        TaskInfo letter = dies((payload, task) -> {
            throw new IOException("😀".repeat(1_000_000));
        });
        assertThat(letter.attempts()).isEqualTo(3);
        assertThat(letter.lastError().orElseThrow().message())
                .hasSizeLessThanOrEqualTo(AttemptError.MAX_MESSAGE)
                .startsWith("😀😀")
                .endsWith("😀");
    }

    private static final class Spiteful extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("not even my message");
        }
    }

    @Test
    void anExceptionWhoseMessageThrows() {
        TaskInfo letter = dies((payload, task) -> {
            throw new Spiteful();
        });
        assertThat(letter.attempts()).isEqualTo(3);
        assertThat(letter.lastError().orElseThrow().error()).contains("Spiteful");
    }

    @Test
    void anExceptionWithHostileText() {
        TaskInfo letter = dies((payload, task) -> {
            throw new IOException("\u0000\u001b[31m '; DROP TABLE tasks; -- \ud800 مرحبا");
        });
        assertThat(letter.lastError().orElseThrow().message()).contains("DROP TABLE", "مرحبا");
    }

    @Test
    void anErrorIsAFailureLikeAnother() {
        TaskInfo letter = dies((payload, task) -> {
            throw new AssertionError("an Error");
        });
        assertThat(letter.attempts()).isEqualTo(3);
        assertThat(letter.lastError().orElseThrow().error()).isEqualTo("java.lang.AssertionError");
    }

    private static int endless(int n) {
        return n < 0 ? 0 : endless(n + 1) + 1;
    }

    @Test
    void aStackOverflowIsAFailureLikeAnother() {
        TaskInfo letter = dies((payload, task) -> endless(0));
        assertThat(letter.attempts()).isEqualTo(3);
        assertThat(letter.lastError().orElseThrow().error()).isEqualTo("java.lang.StackOverflowError");
    }

    @Test
    void exhaustedMemoryIsAFailureLikeAnother() {
        TaskInfo letter = dies((payload, task) -> {
            throw new OutOfMemoryError("as the JVM throws it");
        });
        assertThat(letter.attempts()).isEqualTo(3);
    }

    @Test
    void aHandlerThatInterruptsItselfFailsAlone() {
        TaskInfo letter = dies((payload, task) -> {
            Thread.currentThread().interrupt();
            throw new InterruptedException("my own doing");
        });
        assertThat(letter.cause()).isEqualTo(DeadCause.EXHAUSTED);
    }

    @Test
    void anInterruptLeftBehindDoesNoHarm() {
        TaskType<String> type = type("left");
        AtomicInteger ran = new AtomicInteger();
        start(worker().concurrency(1).handle(type, (payload, task) -> {
            ran.incrementAndGet();
            Thread.currentThread().interrupt();
        }));
        errand.enqueueAll(type, Collections.nCopies(20, "x"));
        Await.until("all have run", () -> ran.get() == 20);
        assertThat(Await.within(Duration.ofMillis(200), () -> ran.get() > 20)).isFalse();
    }

    // ---- time

    @Test
    void aTimeoutInterruptsAndCounts() {
        TaskType<String> type = type("slow").timeout(Duration.ofMillis(200)).retry(QUICK.maxAttempts(2));
        AtomicInteger interrupts = new AtomicInteger();
        start(worker().handle(type, (payload, task) -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupts.incrementAndGet();
                assertThat(task.cancelled()).isTrue();
                throw e;
            }
        }));
        TaskInfo letter = deadLetter(errand.enqueue(type, "x").id());
        assertThat(interrupts.get()).isEqualTo(2);
        assertThat(letter.cause()).isEqualTo(DeadCause.EXHAUSTED);
        assertThat(letter.lastError().orElseThrow().message()).containsIgnoringCase("PT0.2S");
    }

    @Test
    void aTaskCanHaveItsOwnTimeout() {
        TaskType<String> type = type("own.timeout").retry(Retry.none());
        start(worker().handle(type, (payload, task) -> new CountDownLatch(1).await()));
        Instant before = Instant.now();
        deadLetter(errand.enqueue(type, "x", o -> o.timeout(Duration.ofMillis(150)))
                .id());
        assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void aHandlerThatCompletesAfterItsTimeoutHasCompleted() {
        TaskType<String> type = type("late").timeout(Duration.ofMillis(100)).retry(Retry.none());
        CountDownLatch done = new CountDownLatch(1);
        start(worker().handle(type, (payload, task) -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                done.countDown();
            }
        }));
        TaskId id = errand.enqueue(type, "x").id();
        await(done);
        assertThat(Await.within(
                        Duration.ofMillis(300),
                        () -> errand.deadLetters().show(id).isPresent()))
                .isFalse();
    }

    @Test
    void aHandlerThatIgnoresItsInterruptKeepsItsSlotAndIsSeen() {
        TaskType<String> stubborn =
                type("stubborn").timeout(Duration.ofMillis(100)).retry(Retry.none());
        AtomicBoolean let = new AtomicBoolean();
        stage.closing(() -> let.set(true));
        Worker worker = start(worker().concurrency(1).handle(stubborn, (payload, task) -> {
            runs.begin(payload, task);
            while (!let.get()) {
                Thread.onSpinWait();
                Await.within(Duration.ofMillis(5), let::get);
            }
            runs.end(task);
        }));
        errand.enqueue(stubborn, "first");
        errand.enqueue(stubborn, "second");
        Await.until("it is counted as stuck", () -> worker.health().stuck() == 1);
        assertThat(worker.health().state()).isEqualTo(Health.State.RUNNING);
        assertThat(worker.health().running()).isEqualTo(1);
        assertThat(runs.peak("all")).as("its slot is taken").isEqualTo(1);
        assertThat(runs.payloads()).containsExactly("first");
        let.set(true);
        Await.until("the next one runs", () -> runs.count() == 2);
        Await.until("nothing is stuck", () -> worker.health().stuck() == 0);
    }

    @Test
    void aTaskPastItsDeadlineIsNotRun() {
        TaskType<String> type = type("expired");
        TaskId id = errand.enqueue(type, "x", o -> o.deadline(Instant.now().plusMillis(100)))
                .id();
        Await.pass(Duration.ofMillis(150));
        start(worker().handle(type, (payload, task) -> runs.begin(payload, task)));
        TaskInfo letter = deadLetter(id);
        assertThat(letter.cause()).isEqualTo(DeadCause.EXPIRED);
        assertThat(runs.count()).isZero();
    }

    @Test
    void aDeadlineEndsARunningTask() {
        TaskType<String> type = type("expires");
        start(worker().handle(type, (payload, task) -> {
            runs.begin(payload, task);
            assertThat(task.deadline()).isBefore(Instant.now().plusSeconds(2));
            new CountDownLatch(1).await();
        }));
        TaskId id = errand.enqueue(type, "x", o -> o.deadline(Instant.now().plusMillis(1_500)))
                .id();
        assertThat(deadLetter(id).cause()).isEqualTo(DeadCause.EXPIRED);
        assertThat(runs.count()).isEqualTo(1);
    }

    @Test
    void aRetryThatWouldComeAfterTheDeadlineIsNotWaitedFor() {
        TaskType<String> type = type("hopeless").retry(Retry.fixed(Duration.ofHours(1)));
        start(worker().handle(type, (payload, task) -> {
            throw new IOException("no");
        }));
        TaskId id = errand.enqueue(type, "x", o -> o.deadline(Instant.now().plusSeconds(60)))
                .id();
        TaskInfo letter = deadLetter(id);
        assertThat(letter.cause()).isEqualTo(DeadCause.EXPIRED);
        assertThat(letter.lastError().orElseThrow().message()).isEqualTo("no");
    }

    @Test
    void aRedrivenTaskRunsAgain() {
        AtomicBoolean works = new AtomicBoolean();
        TaskType<String> type = type("repaired").retry(Retry.none());
        start(worker().handle(type, (payload, task) -> {
            runs.begin(payload, task);
            if (!works.get()) {
                throw new IOException("broken");
            }
        }));
        TaskId id = errand.enqueue(type, "x").id();
        deadLetter(id);
        works.set(true);
        assertThat(errand.deadLetters().redriveAll(TaskFilter.ALL.ofType("repaired"), 10))
                .isEqualTo(1);
        Await.until("it runs again", () -> runs.count() == 2);
        assertThat(runs.all().get(1).attempt()).isEqualTo(1);
        Await.until("it is no dead letter", () -> errand.deadLetters().show(id).isEmpty());
    }
}
