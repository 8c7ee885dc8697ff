package dev.errand.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.errand.BrokerClosedException;
import dev.errand.Errand;
import dev.errand.Health;
import dev.errand.Notice;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.WorkerBuilder;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Stopping, and starting in vain, under a clock that only the test moves. */
class StopTest {
    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);
    private static final TaskType<String> WORK =
            TaskType.of("work", String.class).retention(Duration.ofDays(1));

    private final ManualTime time = new ManualTime(Instant.parse("2026-01-01T00:00:00Z"));
    private final TroubledBroker broker = new TroubledBroker(new MemoryBroker(time, new Random(1), 1_000));
    private final List<Notice> heard = new CopyOnWriteArrayList<>();
    private final Errand errand =
            Errand.over(broker, c -> c.time(time).random(new Random(2)).listener(heard::add));
    private final CountDownLatch never = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final AtomicInteger interrupts = new AtomicInteger();

    @AfterEach
    void close() {
        errand.close();
        broker.close();
    }

    private WorkerBuilder worker() {
        return errand.worker().stopAfter(Duration.ZERO, Duration.ZERO);
    }

    private List<Notice.Ended> ends() {
        return heard.stream()
                .filter(Notice.Ended.class::isInstance)
                .map(Notice.Ended.class::cast)
                .toList();
    }

    private TaskState state(TaskId id) {
        return errand.tasks().find(id).map(TaskInfo::state).orElseThrow();
    }

    private void awaitInterrupt(CountDownLatch latch) {
        begun.countDown();
        try {
            latch.await();
        } catch (InterruptedException e) {
            interrupts.incrementAndGet();
        }
    }

    private static boolean waitsForHandlers(Thread thread) {
        return (thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING)
                && Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(Stopping.class.getName()));
    }

    @Test
    void anInterruptOfWhoStopsEndsTheDrainAndNotTheTimeThatInterruptedHandlersHave() throws Exception {
        CountDownLatch heed = new CountDownLatch(1);
        AtomicBoolean kept = new AtomicBoolean();
        Worker worker = errand.worker()
                .handle(WORK, (p, task) -> {
                    awaitInterrupt(never);
                    heed.await();
                    throw new InterruptedException("in the end");
                })
                .start();
        TaskId id = errand.enqueue(WORK, "x").id();
        Eventually.that("it runs", () -> begun.getCount() == 0);
        Thread stopper = Thread.ofPlatform().start(() -> {
            Thread.currentThread().interrupt();
            worker.close();
            kept.set(Thread.currentThread().isInterrupted());
        });
        Eventually.that("the handler is interrupted", () -> interrupts.get() == 1);
        Eventually.that("it waits, or has given up", () -> waitsForHandlers(stopper) || !stopper.isAlive());
        stopper.interrupt();
        heed.countDown();
        stopper.join();
        Eventually.that("its end is heard", () -> ends().size() == 1);
        assertThat(ends().getFirst().failure()).as("it ended by itself").hasMessage("in the end");
        assertThat(ends().getFirst().end()).isEqualTo(Notice.End.RELEASED);
        assertThat(state(id)).isEqualTo(TaskState.PENDING);
        assertThat(kept.get()).as("the interrupt is kept").isTrue();
    }

    @Test
    void aDrainMayLastForEver() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Worker worker = worker().handle(WORK, (p, task) -> go.await()).start();
        TaskId id = errand.enqueue(WORK, "x").id();
        Eventually.that("it runs", () -> worker.load().running() == 1);
        Thread stopper = Thread.ofPlatform().start(() -> worker.stop(FOR_EVER, FOR_EVER));
        Eventually.that("it waits, or has given up", () -> waitsForHandlers(stopper) || !stopper.isAlive());
        assertThat(worker.health().state()).isEqualTo(Health.State.STOPPING);
        go.countDown();
        stopper.join();
        assertThat(state(id)).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void eachNewReasonToStopInterruptsAgainAndTheFirstOneCounts() {
        try (Worker worker = worker().handle(WORK, (p, task) -> {
                    awaitInterrupt(never);
                    awaitInterrupt(never);
                    throw new InterruptedException();
                })
                .start()) {
            TaskId id = errand.enqueue(WORK, "x").id();
            Eventually.that("it runs", () -> begun.getCount() == 0);
            errand.tasks().cancel(id, "not wanted");
            Eventually.that("it is interrupted", () -> interrupts.get() == 1);
            int asked = broker.renewals.get();
            Eventually.moving(
                    time,
                    1,
                    Duration.ofSeconds(5),
                    "the broker has asked for the cancel again and again",
                    () -> broker.renewals.get() >= asked + 3);
            assertThat(interrupts.get()).as("nothing new").isEqualTo(1);
            worker.stop(Duration.ZERO, Duration.ZERO);
            Eventually.that("it is interrupted again", () -> interrupts.get() == 2);
        }
    }

    @Test
    void aClosedClientStartsNoWorker() {
        WorkerBuilder late = worker().handle(WORK, (p, task) -> {});
        errand.close();
        assertThatThrownBy(late::start)
                .isInstanceOf(BrokerClosedException.class)
                .hasMessageContaining("closed")
                .hasMessageContaining("connect");
        assertThat(errand.ownWorkers()).isEmpty();
        assertThat(broker.open.get()).isZero();
    }

    @Test
    void aWorkerThatCannotBeMadeLeavesNoIntakeOpen() {
        try (NoThreads threads = new NoThreads()) {
            WorkerBuilder builder = worker().handle(WORK, (p, task) -> {});
            broker.onOpen = () -> threads.refuse(1);
            assertThatThrownBy(builder::start).isInstanceOf(OutOfMemoryError.class);
        }
        assertThat(errand.ownWorkers()).isEmpty();
        assertThat(broker.open.get()).isZero();
    }

    @Test
    void aWorkerWhoseStartFailsIsStopped() {
        Logger logger = (Logger) LoggerFactory.getLogger(Worker.class);
        AppenderBase<ILoggingEvent> broken = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getFormattedMessage().contains("handlers at once")) {
                    throw new StackOverflowError("a logger that fails");
                }
            }
        };
        broken.setContext(logger.getLoggerContext());
        broken.start();
        Level before = logger.getLevel();
        logger.setLevel(Level.INFO);
        logger.addAppender(broken);
        try {
            assertThatThrownBy(() -> worker().handle(WORK, (p, task) -> {}).start())
                    .isInstanceOf(StackOverflowError.class);
        } finally {
            logger.detachAppender(broken);
            logger.setLevel(before);
        }
        assertThat(errand.ownWorkers()).isEmpty();
        assertThat(broker.open.get()).isZero();
        TaskId id = errand.enqueue(WORK, "x").id();
        assertThat(state(id)).isEqualTo(TaskState.PENDING);
    }
}
