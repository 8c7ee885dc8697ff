package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.BrokerUnavailableException;
import dev.errand.CapabilityException;
import dev.errand.InvalidTaskException;
import dev.errand.Retry;
import dev.errand.TaskContext;
import dev.errand.TaskId;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.TypeToken;
import dev.errand.broker.Capability;
import dev.errand.broker.Payload;
import dev.errand.broker.Settled;
import dev.errand.broker.TaskRecords;
import dev.errand.broker.TaskRecords.Line;
import dev.errand.broker.TaskRecords.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Handlers memoise steps, say how far they are and log with their task, if their type declares it. */
@Needs({Capability.STEPS, Capability.PROGRESS, Capability.TASK_LOG, Capability.RETENTION})
abstract class StepContract extends EngineContract {
    private static final TaskType<String> TYPE = type("steps")
            .steps()
            .progress()
            .log()
            .retention(Duration.ofHours(1))
            .retry(Retry.exponential(Duration.ofMillis(1)).maxAttempts(3));

    private static void failFirst(TaskContext task) throws IOException {
        if (task.attempt() == 1) {
            throw new IOException("the first attempt fails");
        }
    }

    @Test
    void aFinishedStepIsNotRunAgain() {
        List<String> ran = Collections.synchronizedList(new ArrayList<>());
        List<Object> results = Collections.synchronizedList(new ArrayList<>());
        start(worker().handle(TYPE, (text, task) -> {
            results.add(task.step("bytes", byte[].class, () -> {
                ran.add("bytes");
                return new byte[] {1, 2};
            })[1]);
            results.add(task.step("text", new TypeToken<String>() {}, () -> {
                ran.add("text");
                return text + task.attempt();
            }));
            task.step("nothing", () -> ran.add("nothing"));
            task.step("fails once", () -> {
                ran.add("fails once");
                failFirst(task);
            });
            task.step("last", () -> ran.add("last"));
        }));
        TaskId id = errand.enqueue(TYPE, "x").id();
        ended(id);
        assertThat(ran).containsExactly("bytes", "text", "nothing", "fails once", "fails once", "last");
        assertThat(results).containsExactly((byte) 2, "x1", (byte) 2, "x1");
        assertThat(errand.tasks().steps(id)).containsExactly("bytes", "fails once", "last", "nothing", "text");
        assertThat(ended(id).state()).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void aNameUsedTwiceAnswersTheFirstResult() {
        List<String> results = Collections.synchronizedList(new ArrayList<>());
        start(worker().handle(TYPE, (text, task) -> {
            results.add(task.step("same", String.class, () -> "first"));
            results.add(task.step("same", String.class, () -> "second"));
        }));
        ended(errand.enqueue(TYPE, "x").id());
        assertThat(results).containsExactly("first", "first");
    }

    @Test
    void whatCannotBeKeptFailsWithItsName() {
        errand = stage.connect(broker, time, c -> c.maxPayload(100));
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        start(errand.worker().handle(TYPE, (text, task) -> {
            attempt(failures, () -> task.step("large", String.class, () -> "x".repeat(101)));
            attempt(failures, () -> task.step(" ", String.class, () -> "x"));
            attempt(failures, () -> task.progress(1.5));
            attempt(failures, () -> task.progress(Double.NaN));
        }));
        TaskId id = errand.enqueue(TYPE, "x").id();
        ended(id);
        assertThat(failures).hasSize(4).allMatch(InvalidTaskException.class::isInstance);
        assertThat(failures.get(0)).hasMessageContainingAll("steps", "'large'", "101 bytes", "at most 100");
        assertThat(failures.get(1)).hasMessageContaining("step name");
        assertThat(failures.get(2)).hasMessageContainingAll("1.5", "0 to 1");
        assertThat(errand.tasks().steps(id)).isEmpty();
    }

    private static void attempt(List<Throwable> failures, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            failures.add(e);
        }
    }

    @Test
    void usedUndeclaredTheyFailWithTheRemedy() {
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        TaskType<String> plain = type("plain").retention(Duration.ofHours(1));
        start(worker().handle(plain, (text, task) -> {
            attempt(failures, () -> task.step("s", () -> {}));
            attempt(failures, () -> task.progress(0.5));
            attempt(failures, () -> task.log("line"));
        }));
        TaskId id = errand.enqueue(plain, "x").id();
        ended(id);
        assertThat(failures).hasSize(3).allMatch(CapabilityException.class::isInstance);
        assertThat(failures.get(0)).hasMessageContainingAll("plain", "declare it with steps()");
        assertThat(failures.get(1)).hasMessageContainingAll("plain", "declare it with progress()");
        assertThat(failures.get(2)).hasMessageContainingAll("plain", "declare it with log()");
        assertThat(errand.tasks().log(id)).isEmpty();
    }

    @Test
    void progressAndLinesAreSeenWhileItRuns() {
        CountDownLatch gate = new CountDownLatch(1);
        start(worker().handle(TYPE, (text, task) -> {
            for (int i = 0; i <= 40; i++) {
                task.progress(i / 100.0, i + " of 100");
            }
            task.log("begun");
            hold(gate);
            task.progress(1, "done");
            task.log("over");
        }));
        TaskId id = errand.enqueue(TYPE, "x").id();
        Progress there = Await.present(
                "progress is seen", () -> errand.tasks().progress(id).filter(p -> p.fraction() == 0.4));
        assertThat(there.text()).isEqualTo("40 of 100");
        Await.until("the line is seen", () -> lines(id).equals(List.of("begun")));
        gate.countDown();
        ended(id);
        assertThat(errand.tasks().progress(id).map(Progress::fraction)).contains(1.0);
        assertThat(lines(id)).containsExactly("begun", "over");
    }

    private List<String> lines(TaskId id) {
        return errand.tasks().log(id).stream().map(Line::text).toList();
    }

    @Test
    void theLastOnesOfAFailedAttemptAreThereToo() {
        start(worker().handle(TYPE, (text, task) -> {
            task.log("attempt " + task.attempt());
            task.progress(task.attempt() / 10.0);
            throw new IOException("never works");
        }));
        TaskId id = errand.enqueue(TYPE, "x").id();
        deadLetter(id);
        assertThat(lines(id)).containsExactly("attempt 1", "attempt 2", "attempt 3");
        assertThat(errand.tasks().log(id)).extracting(Line::attempt).containsExactly(1, 2, 3);
        assertThat(errand.tasks().progress(id).map(Progress::fraction)).contains(0.3);
    }

    @Test
    void aFloodIsDroppedAndSaid() {
        start(worker().handle(TYPE, (text, task) -> {
            for (int i = 0; i < 5_000; i++) {
                task.log("line " + i);
            }
            task.log("x".repeat(3_000));
        }));
        TaskId id = errand.enqueue(TYPE, "x").id();
        ended(id);
        assertThat(lines(id)).hasSizeLessThanOrEqualTo(TaskRecords.MAX_LINES);
        assertThat(lines(id)).anyMatch(line -> line.matches("\\d+ lines were dropped: .*"));
        assertThat(lines(id)).allMatch(line -> line.length() <= TaskRecords.MAX_LINE);
    }

    @Test
    void anOutageNeverHoldsProgressAndLinesUp() {
        AtomicBoolean away = new AtomicBoolean(true);
        errand = stage.connect(new RecordsAway(away), time, c -> {});
        CountDownLatch ran = new CountDownLatch(1);
        start(errand.worker().handle(TYPE, (text, task) -> {
            for (int i = 0; i < 500; i++) {
                task.progress(i / 500.0);
                task.log("line " + i);
            }
            ran.countDown();
        }));
        TaskId id = errand.enqueue(TYPE, "x").id();
        await(ran);
        away.set(false);
        ended(id);
        assertThat(errand.tasks().progress(id).map(Progress::fraction)).contains(499 / 500.0);
        // A hundred and a word about the others may be under way beside as many that wait: two more than are kept.
        assertThat(lines(id)).contains("line 2");
    }

    @Test
    void whatIsUnderWayWhenATaskEndsIsWrittenBeforeItsEnd() {
        AtomicBoolean away = new AtomicBoolean(true);
        RecordsAway flaky = new RecordsAway(away);
        errand = stage.connect(flaky, time, c -> {});
        CountDownLatch ran = new CountDownLatch(1);
        start(errand.worker().handle(TYPE, (text, task) -> {
            task.progress(0.5);
            Await.until("it is under way", () -> flaky.refused.get() > 0);
            ran.countDown();
        }));
        TaskId id = errand.enqueue(TYPE, "x").id();
        await(ran);
        away.set(false);
        ended(id);
        assertThat(errand.tasks().progress(id).map(Progress::fraction)).contains(0.5);
    }

    @Test
    void aStepWaitsForTheBrokerToComeBack() {
        AtomicBoolean away = new AtomicBoolean(true);
        RecordsAway flaky = new RecordsAway(away);
        errand = stage.connect(flaky, time, c -> {});
        AtomicInteger runs = new AtomicInteger();
        start(errand.worker()
                .handle(
                        TYPE,
                        (text, task) -> task.step("s", () -> {
                            runs.incrementAndGet();
                        })));
        TaskId id = errand.enqueue(TYPE, "x").id();
        Await.until("it was tried", () -> flaky.refused.get() > 1);
        assertThat(errand.tasks().find(id).orElseThrow().state()).isEqualTo(TaskState.ACTIVE);
        away.set(false);
        ended(id);
        assertThat(runs).hasValue(1);
        assertThat(errand.tasks().steps(id)).containsExactly("s");
    }

    /** A broker of which the part for records cannot be reached at times. */
    private final class RecordsAway extends ForwardingBroker {
        private final AtomicBoolean away;
        private final AtomicInteger refused = new AtomicInteger();

        RecordsAway(AtomicBoolean away) {
            super(StepContract.this.broker);
            this.away = away;
        }

        @Override
        public <T> Optional<T> extension(Class<T> port) {
            Optional<T> part = super.extension(port);
            return port == TaskRecords.class ? part.map(p -> port.cast(new FlakyRecords((TaskRecords) p))) : part;
        }

        private final class FlakyRecords implements TaskRecords {
            private final TaskRecords sound;

            FlakyRecords(TaskRecords sound) {
                this.sound = sound;
            }

            @Override
            public List<Settled> write(List<Note> notes) {
                if (away.get()) {
                    refused.incrementAndGet();
                    throw new BrokerUnavailableException("away for the test");
                }
                return sound.write(notes);
            }

            @Override
            public Map<String, Payload> steps(TaskId id) {
                return sound.steps(id);
            }

            @Override
            public Optional<Progress> progress(TaskId id) {
                return sound.progress(id);
            }

            @Override
            public List<Line> log(TaskId id) {
                return sound.log(id);
            }
        }
    }

    @Test
    void aSupersededAttemptKeepsNothing() {
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch gate = new CountDownLatch(1);
        start(worker().handle(TYPE, (text, task) -> {
            attempt(
                    failures,
                    () -> task.step("s", String.class, () -> {
                        takeAway(task);
                        return "never kept";
                    }));
            gate.countDown();
        }));
        TaskId id = errand.enqueue(TYPE, "x").id();
        await(gate);
        assertThat(failures).hasSize(1);
        assertThat(failures.getFirst())
                .isInstanceOf(dev.errand.SupersededException.class)
                .hasMessageContainingAll(id.value(), "lost its lease");
        assertThat(errand.tasks().steps(id)).isEmpty();
        assertThat(errand.tasks().find(id).orElseThrow().state()).isEqualTo(TaskState.DEAD);
    }

    /** Ends the running task behind its worker's back. */
    private void takeAway(TaskContext task) {
        var envelope = errand.tasks().find(task.id()).orElseThrow().envelope();
        var lease = new dev.errand.broker.Lease(task.id(), task.queue(), task.token());
        try (var intake =
                broker.open(PortContract.spec("thief", time.now(), Duration.ofSeconds(30), "elsewhere"), new Told())) {
            intake.settle(List.of(new dev.errand.broker.Outcome(
                    lease,
                    envelope,
                    new dev.errand.broker.Outcome.Verdict.Dead(dev.errand.DeadCause.REFUSED, "taken away"))));
        }
    }
}
