package dev.errand.bench.engine;

import dev.errand.Errand;
import dev.errand.TaskType;
import dev.errand.Worker;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Tasks that do nothing, from a bulk enqueue of 1,000 at a time by one caller until the last of {@value #TASKS} has run on a
 * worker with 64 slots: 100 bytes of payload, no listener, all defaults.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class EndToEnd {
    static final int TASKS = 100_000;
    private static final int BULK = 1_000;
    private static final int CONCURRENCY = 64;
    private static final TaskType<byte[]> TYPE =
            TaskType.of("bench", byte[].class).queue("bench");

    private final List<byte[]> bulk = Collections.nCopies(BULK, new byte[100]);
    private final AtomicInteger left = new AtomicInteger();
    private volatile CountDownLatch done = new CountDownLatch(0);
    private final Errand errand = Errand.connect("memory:");

    @SuppressWarnings("unused") // it works until the client is closed
    private final Worker worker = errand.worker()
            .concurrency(CONCURRENCY)
            .handle(TYPE, (payload, task) -> {
                if (left.decrementAndGet() == 0) {
                    done.countDown();
                }
            })
            .start();

    /** Ends the worker. */
    @TearDown
    public void close() {
        errand.close();
    }

    /** All of them; JMH divides by their number. */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public void tasks() throws InterruptedException {
        CountDownLatch mine = new CountDownLatch(1);
        done = mine;
        left.set(TASKS);
        for (int i = 0; i < TASKS; i += BULK) {
            errand.enqueueAll(TYPE, bulk);
        }
        mine.await();
    }
}
