package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.AttemptError;
import dev.errand.DeadCause;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.AttemptToken;
import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Payload;
import dev.errand.broker.QueueStats;
import dev.errand.broker.Receipt;
import dev.errand.broker.Settled;
import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.TaskStore;
import dev.errand.broker.Upkeep;
import dev.errand.broker.WorkerSpec;
import dev.errand.time.ManualTime;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/**
 * A subject that is told in terms of the port alone. Under {@link Facility#VIRTUAL_TIME} nothing here waits; otherwise spans
 * that have to pass do pass, and a test that needs more than about two seconds of them asks for the facility.
 */
abstract class PortContract extends Contract {
    static final Duration LEASE = Duration.ofSeconds(2);
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    Time time;
    Broker broker;
    private @Nullable ManualTime manual;

    @BeforeEach
    void openBroker() {
        manual = stage.has(Facility.VIRTUAL_TIME) ? new ManualTime(START) : null;
        time = manual == null ? stage.closing(Time.system()) : manual;
        broker = stage.open(time);
    }

    // ---- time

    Instant now() {
        return time.now();
    }

    void pass(Duration span) {
        if (manual == null) {
            Await.pass(span);
        } else {
            manual.advance(span);
        }
    }

    /** Lets time pass, in steps, until another thread is done with something. */
    <T> T passUntilDone(FutureTask<T> task, Duration step) throws Exception {
        Await.until("the other thread is done", () -> {
            pass(task.isDone() ? Duration.ZERO : step);
            return task.isDone();
        });
        return task.get();
    }

    // ---- tasks

    Sample sample(String id) {
        return Sample.of(id, now());
    }

    List<Envelope> samples(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> sample("t" + i).envelope())
                .toList();
    }

    void store(Sample... samples) {
        store(Arrays.stream(samples).map(Sample::envelope).toList());
    }

    void store(List<Envelope> envelopes) {
        List<Receipt> receipts = broker.enqueue(envelopes);
        assertThat(receipts).hasSameSizeAs(envelopes).allMatch(r -> r instanceof Receipt.Stored);
    }

    static List<String> ids(List<Delivery> deliveries) {
        return deliveries.stream().map(d -> d.envelope().id().value()).toList();
    }

    static List<String> idsOf(List<TaskInfo> tasks) {
        return tasks.stream().map(t -> t.id().value()).toList();
    }

    // ---- workers

    static WorkerSpec spec(String id, Instant started, Duration lease, String... queues) {
        Map<String, Integer> weights = new LinkedHashMap<>();
        for (String queue : queues) {
            weights.put(queue, 1);
        }
        return new WorkerSpec(
                id,
                id + "@here",
                "here",
                ProcessHandle.current().pid(),
                started,
                weights,
                false,
                10,
                Set.of(Sample.TYPE),
                Duration.ofSeconds(30),
                lease);
    }

    Intake intake(String worker, String... queues) {
        return intake(new Told(), worker, queues);
    }

    Intake intake(Signals signals, String worker, String... queues) {
        String[] served = queues.length == 0 ? new String[] {Sample.QUEUE} : queues;
        return stage.closing(broker.open(spec(worker, now(), LEASE, served), signals));
    }

    static TakeRequest ask(int max, Duration wait, String... queues) {
        String[] asked = queues.length == 0 ? new String[] {Sample.QUEUE} : queues;
        return new TakeRequest(
                Arrays.stream(asked)
                        .map(queue -> new TakeRequest.Demand(queue, max))
                        .toList(),
                max,
                Map.of(),
                wait);
    }

    Duration shortWait() {
        return manual == null ? Duration.ofMillis(100) : Duration.ZERO;
    }

    List<Delivery> take(Intake intake, int count, String... queues) {
        List<Delivery> taken = new ArrayList<>();
        long[] renewed = {System.nanoTime()};
        Await.until(() -> count + " tasks; there came " + ids(taken), Await.PATIENCE, () -> {
            upkeep(Upkeep.class).ifPresent(u -> u.promote(10_000));
            // Thousands may take longer than a lease on a busy machine.
            if (System.nanoTime() - renewed[0] > LEASE.dividedBy(4).toNanos()) {
                renewed[0] = System.nanoTime();
                intake.renew(taken.stream().map(Delivery::lease).toList());
            }
            taken.addAll(intake.take(ask(count - taken.size(), shortWait(), queues)));
            return taken.size() >= count;
        });
        return taken;
    }

    Delivery takeOne(Intake intake) {
        return take(intake, 1).getFirst();
    }

    void assertNothingToTake(Intake intake, String... queues) {
        upkeep(Upkeep.class).ifPresent(u -> u.promote(10_000));
        Duration wait = manual == null ? Duration.ofMillis(300) : Duration.ZERO;
        assertThat(ids(intake.take(ask(100, wait, queues)))).isEmpty();
    }

    /** Whatever is ready or comes within the patience of the broker, up to {@code max}; stops when nothing more comes. */
    List<Delivery> takeAll(Intake intake, int max, String... queues) {
        List<Delivery> all = new ArrayList<>();
        while (all.size() < max) {
            List<Delivery> some = intake.take(ask(max - all.size(), shortWait(), queues));
            if (some.isEmpty()) {
                break;
            }
            all.addAll(some);
        }
        return all;
    }

    /** Takes back what ran out, whoever has to do it. */
    void recover() {
        upkeep(Upkeep.class).ifPresent(u -> u.recover(10_000));
    }

    // ---- outcomes

    static Outcome outcome(Delivery delivery, Verdict verdict) {
        return new Outcome(delivery.lease(), delivery.envelope(), verdict);
    }

    static Verdict done() {
        return new Verdict.Complete(null, Duration.ZERO);
    }

    static Verdict doneKept(@Nullable Payload result, Duration retention) {
        return new Verdict.Complete(result, retention);
    }

    static Verdict retry(Duration delay) {
        return new Verdict.Retry(delay);
    }

    static Verdict release(Duration delay) {
        return new Verdict.Release(delay, "released by the test");
    }

    static Verdict dead(String reason) {
        return new Verdict.Dead(DeadCause.EXHAUSTED, reason);
    }

    static Settled settle(Intake intake, Delivery delivery, Verdict verdict) {
        return settle(intake, outcome(delivery, verdict));
    }

    static Settled settle(Intake intake, Outcome outcome) {
        List<Settled> answers = intake.settle(List.of(outcome));
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }

    static void settled(Intake intake, Delivery delivery, Verdict verdict) {
        assertThat(settle(intake, delivery, verdict)).isInstanceOf(Settled.Done.class);
    }

    AttemptError failure(String message, int attempt) {
        return new AttemptError(now(), attempt, "java.io.IOException", message, "at nowhere", "w");
    }

    /** Stores a task and makes it a dead letter. */
    Delivery kill(Intake intake, Sample sample, String reason) {
        store(sample);
        Delivery taken = take(intake, 1, sample.queue()).getFirst();
        History history = taken.envelope().history().failed(failure(reason, 1));
        Outcome outcome = new Outcome(taken.lease(), taken.envelope().withHistory(history), dead(reason));
        assertThat(settle(intake, outcome)).isInstanceOf(Settled.Done.class);
        return taken;
    }

    static Lease withOtherNonce(Lease lease) {
        return new Lease(
                lease.task(),
                lease.queue(),
                new AttemptToken(lease.token().number(), lease.token().nonce() + 1));
    }

    // ---- parts

    <T> Optional<T> upkeep(Class<T> port) {
        return broker.extension(port);
    }

    <T> T part(Class<T> port) {
        return broker.extension(port)
                .orElseThrow(() -> new AssertionError(broker.profile().name() + " has no " + port.getSimpleName()));
    }

    TaskStore tasks() {
        return part(TaskStore.class);
    }

    DeadLetters deadLetters() {
        return part(DeadLetters.class);
    }

    QueueStats stats() {
        return part(QueueStats.class);
    }

    TaskInfo info(String id) {
        return tasks().find(TaskId.of(id)).orElseThrow(() -> new AssertionError("there is no task " + id));
    }

    Optional<TaskInfo> find(String id) {
        return tasks().find(TaskId.of(id));
    }

    TaskState state(String id) {
        return info(id).state();
    }

    Map<TaskState, Long> counts(String queue) {
        Map<TaskState, Long> present = new TreeMap<>(stats().counts(queue));
        present.values().removeIf(n -> n == 0);
        return present;
    }

    boolean can(Capability capability) {
        return stage.can(capability);
    }

    // ---- threads

    /** Runs something beside the test; the thread is interrupted when the test ends. */
    <T> FutureTask<T> beside(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = Thread.ofPlatform().daemon().name("beside").start(task);
        stage.closing(thread::interrupt);
        return task;
    }

    static <T> T result(FutureTask<T> task) throws Exception {
        return task.get(Await.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
}
