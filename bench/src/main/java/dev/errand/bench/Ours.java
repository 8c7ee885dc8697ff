package dev.errand.bench;

import dev.errand.ConfigurationException;
import dev.errand.EnqueueAnswer;
import dev.errand.EnqueueOptions;
import dev.errand.Enqueued;
import dev.errand.Errand;
import dev.errand.TaskContext;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.bench.measure.Census;
import dev.errand.broker.Capability;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Our side of a measurement: a client with its defaults, tasks that are counted, workers that do nothing else. Thread-safe. */
final class Ours implements AutoCloseable {
    static final String QUEUE = "bench";
    static final TaskType<byte[]> TYPE = TaskType.of("bench", byte[].class).queue(QUEUE);

    private static final int BULK = 1_000;
    private static final long STALL = Duration.ofSeconds(60).toNanos();
    private static final long LOOK = Duration.ofMillis(1).toNanos() / 2;

    private final Errand errand;

    Ours(String url) {
        errand = Errand.connect(url);
        long left = errand.queues().depth(QUEUE);
        if (left > 0) {
            errand.close();
            throw new ConfigurationException("The queue " + QUEUE + " of this broker holds " + left
                    + " tasks that are not of this run; give a broker without them");
        }
    }

    Errand errand() {
        return errand;
    }

    void enqueueOne(Census census) {
        int number = census.next();
        errand.enqueue(TYPE, Payload.of(number));
        census.acknowledged(number);
    }

    /** One that is due at the time of its number. */
    void enqueueAt(Census census, IntFunction<Instant> time) {
        int number = census.next();
        errand.enqueue(TYPE, Payload.of(number), o -> o.runAt(time.apply(number)));
        census.acknowledged(number);
    }

    void enqueueBulk(Census census, int count, Consumer<EnqueueOptions> options) {
        int[] numbers = new int[count];
        List<byte[]> payloads = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            numbers[i] = census.next();
            payloads.add(Payload.of(numbers[i]));
        }
        List<EnqueueAnswer> answers = errand.enqueueAll(TYPE, payloads, options);
        for (int i = 0; i < count; i++) {
            if (!(answers.get(i) instanceof Enqueued)) {
                throw new IllegalStateException("A task of a bulk enqueue was not stored: " + answers.get(i));
            }
            census.acknowledged(numbers[i]);
        }
    }

    /** A backlog of so many tasks. */
    void fill(Census census, int count, Consumer<EnqueueOptions> options) {
        for (int left = count; left > 0; left -= BULK) {
            enqueueBulk(census, Math.min(BULK, left), options);
        }
    }

    Worker worker(int concurrency, Census census) {
        return worker(concurrency, (payload, task) -> ran(census, payload, task));
    }

    Worker worker(int concurrency, dev.errand.TaskHandler<byte[]> handler) {
        return errand.worker().concurrency(concurrency).handle(TYPE, handler).start();
    }

    static void ran(Census census, byte[] payload, TaskContext task) {
        census.ran(Payload.number(payload), task.crashes() > 0);
    }

    /** Runs all that waits on a worker of its own; answers how long it took, from its start until all is written down. */
    double drain(Census census, int concurrency) {
        long target = census.count().acknowledged();
        long start = System.nanoTime();
        try (Worker worker = worker(concurrency, census)) {
            awaitRuns(census, target);
            boolean counted = awaitWrittenDown();
            if (!counted) {
                worker.close();
            }
            return (System.nanoTime() - start) / 1e9;
        }
    }

    /** Waits until so many tasks have run, or until nothing has run for a minute. */
    static void awaitRuns(Census census, long target) {
        long movedAt = System.nanoTime();
        int before = -1;
        for (int ran = census.ran(); ran < target; ran = census.ran()) {
            long now = System.nanoTime();
            if (ran != before) {
                before = ran;
                movedAt = now;
            } else if (now - movedAt > STALL) {
                return;
            }
            LockSupport.parkNanos(LOOK);
        }
    }

    /** Waits until no task is left; false if the broker cannot say so. */
    private boolean awaitWrittenDown() {
        if (!errand.profile().can(Capability.COUNTS)) {
            return false;
        }
        long start = System.nanoTime();
        while (errand.queues().counts(QUEUE).values().stream().anyMatch(n -> n > 0)
                && System.nanoTime() - start < STALL) {
            LockSupport.parkNanos(LOOK);
        }
        return true;
    }

    /** Waits until so many tasks run and none waits; where the broker does not count what runs, until none waits. */
    void awaitRunning(long running) {
        if (!errand.profile().can(Capability.COUNTS)) {
            awaitTaken();
            return;
        }
        long start = System.nanoTime();
        Map<TaskState, Long> counts = Map.of();
        while (System.nanoTime() - start < STALL) {
            counts = errand.queues().counts(QUEUE);
            if (counts.getOrDefault(TaskState.PENDING, 0L) == 0
                    && counts.getOrDefault(TaskState.ACTIVE, 0L) == running) {
                return;
            }
            LockSupport.parkNanos(LOOK);
        }
        throw new IllegalStateException(
                running + " tasks should run and none wait, but after a minute it is " + counts);
    }

    private void awaitTaken() {
        long start = System.nanoTime();
        while (errand.queues().depth(QUEUE) > 0) {
            if (System.nanoTime() - start > STALL) {
                throw new IllegalStateException(
                        "Tasks still wait after a minute: " + errand.queues().depth(QUEUE));
            }
            LockSupport.parkNanos(LOOK);
        }
    }

    @Override
    public void close() {
        errand.close();
    }
}
