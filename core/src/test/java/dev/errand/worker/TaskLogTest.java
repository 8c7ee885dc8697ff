package dev.errand.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.errand.DeadLetter;
import dev.errand.Discard;
import dev.errand.Errand;
import dev.errand.LogLines;
import dev.errand.Mdc;
import dev.errand.Release;
import dev.errand.Retry;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.broker.Settled;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What is said of a task, with which fields, and how often. */
class TaskLogTest {
    private static final String SECRET = "payload-that-nobody-may-read";
    private static final TaskType<String> WORK = TaskType.of("mail.confirm", String.class)
            .queue("mail")
            .retention(Duration.ofHours(1))
            .retry(Retry.fixed(Duration.ofMillis(1)).jitter(0).maxAttempts(2));

    private final Time time = Time.system();
    private final TroubledBroker broker = new TroubledBroker(new MemoryBroker(time, new Random(1), 1_000));
    private final LogLines lines = new LogLines("dev.errand.task", Level.DEBUG);
    private final Errand errand = Errand.over(broker, c -> c.time(time));

    @AfterEach
    void close() {
        errand.close();
        broker.close();
        time.close();
        lines.close();
    }

    private void awaitState(TaskId id, TaskState state) {
        Eventually.that(
                id + " is " + state,
                () -> errand.tasks().find(id).map(TaskInfo::state).orElse(null) == state);
    }

    private List<ILoggingEvent> linesOf(TaskId id, int count) {
        Eventually.that(count + " lines", () -> lines.of(id.value()).size() >= count);
        return lines.of(id.value());
    }

    private static Map<String, String> fields(TaskId id, int attempt) {
        return Map.of(
                Mdc.TASK_ID,
                id.value(),
                Mdc.TASK_TYPE,
                "mail.confirm",
                Mdc.TASK_QUEUE,
                "mail",
                Mdc.TASK_ATTEMPT,
                Integer.toString(attempt));
    }

    @Test
    void aTaskThatSucceedsIsSaidAtDebugWithItsDuration() {
        TaskId id = errand.enqueue(WORK, SECRET).id();
        try (Worker worker = errand.worker().handle(WORK, (p, task) -> {}).start()) {
            awaitState(id, TaskState.COMPLETED);
            assertThat(worker.name()).isNotEmpty();
        }
        assertThat(linesOf(id, 2)).extracting(ILoggingEvent::getLevel).containsExactly(Level.DEBUG, Level.DEBUG);
        assertThat(lines.of(id.value()).get(0).getFormattedMessage()).endsWith("attempt 1 begins");
        assertThat(lines.of(id.value()).get(1).getFormattedMessage()).matches(".* is done after PT[0-9.]+S");
    }

    @Test
    void eachFailureIsSaidOnceWithItsStackAndTheFieldsOfItsAttempt() {
        TaskId id = errand.enqueue(WORK, SECRET).id();
        try (Worker worker = errand.worker()
                .handle(WORK, (p, task) -> {
                    throw new IllegalStateException("no " + task.attempt());
                })
                .start()) {
            awaitState(id, TaskState.DEAD);
            assertThat(worker.health().running()).isNotNegative();
        }
        List<ILoggingEvent> failures = lines.of(id.value()).stream()
                .filter(e -> e.getThrowableProxy() != null)
                .toList();
        assertThat(failures).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN, Level.ERROR);
        assertThat(failures).extracting(e -> e.getThrowableProxy().getMessage()).containsExactly("no 1", "no 2");
        assertThat(failures.get(0).getThrowableProxy().getStackTraceElementProxyArray())
                .isNotEmpty();
        assertThat(failures.get(0).getFormattedMessage())
                .matches(".*attempt 1 failed; the next one is in PT0.001S, at 20.*Z");
        assertThat(failures.get(1).getFormattedMessage()).contains("is dead (EXHAUSTED): attempt 2 of 2 failed: no 2");
        assertThat(failures.get(0).getMDCPropertyMap()).isEqualTo(fields(id, 1));
        assertThat(failures.get(1).getMDCPropertyMap()).isEqualTo(fields(id, 2));
    }

    @Test
    void signalsAreSaidAsWhatTheyMean() {
        AtomicInteger runs = new AtomicInteger();
        TaskId discarded = errand.enqueue(WORK, "discard").id();
        TaskId dead = errand.enqueue(WORK, "dead").id();
        TaskId released = errand.enqueue(WORK, "release").id();
        try (Worker worker = errand.worker()
                .handle(WORK, (p, task) -> {
                    switch (p) {
                        case "discard" -> throw new Discard("nobody wants it");
                        case "dead" -> throw new DeadLetter("no such address");
                        default -> {
                            if (runs.incrementAndGet() == 1) {
                                throw new Release(Duration.ofMillis(1));
                            }
                        }
                    }
                })
                .start()) {
            awaitState(discarded, TaskState.CANCELLED);
            awaitState(dead, TaskState.DEAD);
            awaitState(released, TaskState.COMPLETED);
            assertThat(worker.load().concurrency()).isEqualTo(64);
        }
        assertThat(said(discarded, Level.INFO)).singleElement().asString().endsWith("is cancelled: nobody wants it");
        assertThat(said(dead, Level.ERROR)).singleElement().asString().endsWith("is dead (REFUSED): no such address");
        assertThat(said(released, Level.INFO))
                .singleElement()
                .asString()
                .endsWith("is given back for PT0.001S: released by its handler");
    }

    private List<String> said(TaskId id, Level level) {
        return lines.of(id.value()).stream()
                .filter(e -> e.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    void middlewareAndHandlerCarryTheFieldsAndWhatTheyAddDoesNotStay() {
        Map<String, Map<String, String>> seen = new ConcurrentHashMap<>();
        TaskId first = errand.enqueue(WORK, "first").id();
        try (Worker worker = errand.worker()
                .concurrency(1)
                .middleware((p, task, next) -> {
                    seen.put("middleware " + p, MDC.getCopyOfContextMap());
                    return next.proceed();
                })
                .handle(WORK, (p, task) -> {
                    seen.put("handler " + p, MDC.getCopyOfContextMap());
                    MDC.put("mine", "stays with me");
                })
                .start()) {
            awaitState(first, TaskState.COMPLETED);
            TaskId second = errand.enqueue(WORK, "second").id();
            awaitState(second, TaskState.COMPLETED);
            assertThat(seen).containsEntry("middleware first", fields(first, 1));
            assertThat(seen).containsEntry("handler first", fields(first, 1));
            assertThat(seen).containsEntry("handler second", fields(second, 1));
            assertThat(worker.id()).isNotEmpty();
        }
    }

    @Test
    void whatTheEngineSaysOnOtherThreadsCarriesTheFieldsToo() {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        broker.afterSettle = answers ->
                answers.stream().map(answer -> (Settled) new Settled.Stale()).toList();
        TaskId id = errand.enqueue(WORK, "late").id();
        try (LogLines settler = new LogLines("dev.errand.worker.Settler", Level.WARN);
                Worker worker = errand.worker()
                        .handle(WORK, (p, task) -> {
                            running.countDown();
                            end.await();
                        })
                        .start()) {
            MDC.put("mine", "is left alone");
            Eventually.that("it runs", () -> running.getCount() == 0);
            end.countDown();
            Eventually.that("it is said", () -> !settler.of(id.value()).isEmpty());
            assertThat(settler.of(id.value()).getFirst().getMDCPropertyMap()).isEqualTo(fields(id, 1));
            assertThat(worker.health().stuck()).isZero();
        } finally {
            MDC.remove("mine");
        }
    }

    @Test
    void payloadsAreNeverSaid() {
        try (LogLines everything = new LogLines("dev.errand", Level.TRACE)) {
            TaskId id = errand.enqueue(WORK, SECRET).id();
            try (Worker worker = errand.worker()
                    .handle(WORK, (p, task) -> {
                        throw new IllegalStateException("no");
                    })
                    .start()) {
                awaitState(id, TaskState.DEAD);
                assertThat(worker.id()).isNotEmpty();
            }
            assertThat(lines.events()).isNotEmpty();
            assertThat(lines.events()).noneMatch(e -> e.getFormattedMessage().contains(SECRET));
            assertThat(everything.events())
                    .noneMatch(e -> e.getFormattedMessage().contains(SECRET));
        }
        assertThat(LoggerFactory.getLogger("dev.errand.task")).isNotNull();
    }
}
