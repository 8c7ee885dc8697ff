package dev.errand.bench.observe;

import com.sun.management.OperatingSystemMXBean;
import dev.errand.Errand;
import dev.errand.TaskType;
import dev.errand.Worker;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * What one round of one way gave.
 *
 * @param rate tasks a second, from the first enqueue until the last has run
 * @param micros processor time for each task, of the whole process: what a busy machine leaves comparable
 * @param missed notices that a listener was too slow for
 */
record ObservedRound(double rate, double micros, long missed) {
    private static final TaskType<byte[]> TYPE =
            TaskType.of("bench", byte[].class).queue("bench");
    private static final int BULK = 1_000;
    private static final int CONCURRENCY = 64;
    private static final List<byte[]> PAYLOADS = Collections.nCopies(BULK, new byte[100]);

    /** Tasks that do nothing, enqueued in bulk by one caller and run meanwhile by a worker with 64 slots. */
    @SuppressWarnings("try") // the worker works until it is closed
    static ObservedRound run(String url, Way way, int tasks) throws InterruptedException {
        System.gc();
        CountDownLatch done = new CountDownLatch(tasks);
        try (Errand errand = Errand.connect(url, way.settings());
                Worker worker = errand.worker()
                        .queue("bench")
                        .concurrency(CONCURRENCY)
                        .handle(TYPE, (payload, task) -> done.countDown())
                        .start()) {
            OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
            long used = system.getProcessCpuTime();
            long begin = System.nanoTime();
            for (int i = 0; i < tasks; i += BULK) {
                errand.enqueueAll(TYPE, PAYLOADS);
            }
            done.await();
            double nanos = System.nanoTime() - begin;
            double processor = system.getProcessCpuTime() - used;
            return new ObservedRound(tasks / (nanos / 1e9), processor / 1e3 / tasks, errand.listenersMissed());
        }
    }
}
