package dev.errand.bench;

import dev.errand.Errand;
import dev.errand.Worker;
import dev.errand.broker.Capability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * The worker of {@link TwoProcessLatencyWorkload}: keeps in memory when each handler started and writes it to a file at the
 * end, so that the writing disturbs nothing. Arguments: the broker's URL, the file that says that it is ready, that file.
 */
final class LatencyWorker {
    private static final long LOOK = 5_000_000;

    private LatencyWorker() {}

    public static void main(String[] arguments) throws IOException {
        Queue<String> runs = new ConcurrentLinkedQueue<>();
        try (Errand errand = Errand.connect(arguments[0]);
                Worker worker = errand.worker()
                        .handle(Ours.TYPE, (payload, task) -> {
                            long now = TwoProcessLatencyWorkload.micros();
                            runs.add(Payload.number(payload) + " " + now + " " + (task.crashes() > 0));
                        })
                        .start()) {
            Files.createFile(Path.of(arguments[1]));
            while (System.in.read() >= 0) {
                // Nothing is said; only the end counts.
            }
            long end = System.nanoTime() + 20_000_000_000L;
            while (errand.profile().can(Capability.COUNTS)
                    && !errand.queues().counts(Ours.QUEUE).isEmpty()
                    && System.nanoTime() < end) {
                LockSupport.parkNanos(LOOK);
            }
            worker.close();
        }
        Files.write(Path.of(arguments[2]), runs);
    }
}
