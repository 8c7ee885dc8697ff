package dev.errand.bench;

import dev.errand.Errand;
import dev.errand.Worker;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** The worker of {@link TakeoverWorkload}: takes tasks and never ends one, until it is killed. Argument: the broker's URL. */
final class TakeoverWorker {
    private TakeoverWorker() {}

    public static void main(String[] arguments) throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        try (Errand errand = Errand.connect(arguments[0]);
                Worker worker = errand.worker()
                        .handle(Ours.TYPE, (payload, task) -> never.await())
                        .start()) {
            while (System.in.read() >= 0) {
                // Nothing is said; only the end counts.
            }
            Runtime.getRuntime().halt(worker.id().isEmpty() ? 1 : 0);
        }
    }
}
