package dev.errand.bench;

import dev.errand.Errand;
import dev.errand.Worker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The worker of {@link TakeoverWorkload}: takes tasks and never ends one, until it is killed. Arguments: the broker's URL, how
 * many tasks, the file that says that so many run.
 */
final class TakeoverWorker {
    private TakeoverWorker() {}

    public static void main(String[] arguments) throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        int all = Integer.parseInt(arguments[1]);
        try (Errand errand = Errand.connect(arguments[0]);
                Worker worker = errand.worker()
                        .handle(Ours.TYPE, (payload, task) -> {
                            if (begun.incrementAndGet() == all) {
                                Files.createFile(Path.of(arguments[2]));
                            }
                            never.await();
                        })
                        .start()) {
            while (System.in.read() >= 0) {
                // Nothing is said; only the end counts.
            }
            Runtime.getRuntime().halt(worker.id().isEmpty() ? 1 : 0);
        }
    }
}
