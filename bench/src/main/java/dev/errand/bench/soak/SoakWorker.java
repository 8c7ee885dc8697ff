package dev.errand.bench.soak;

import dev.errand.BrokerUnavailableException;
import dev.errand.Errand;
import dev.errand.TaskContext;
import dev.errand.Worker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs scripts and puts every start and end down, until its standard input ends or it is told to terminate. Arguments: the
 * broker's URL, the journal, the lease, the concurrency.
 */
final class SoakWorker {
    private static final Duration DRAIN = Duration.ofMillis(500);
    private static final Duration INTERRUPT = Duration.ofSeconds(2);

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration AGAIN = Duration.ofMillis(200);

    private record Started(Errand errand, Worker worker) {}

    private SoakWorker() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        JournalWriter journal = new JournalWriter(Path.of(arguments[1]));
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Input.whenEnded(stop::countDown);
        Started started = start(arguments, journal, stop);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.countDown();
            await(stopped);
        }));
        journal.write(Line.about(Line.Event.READY, "-", started.worker.id()));
        stop.await();
        started.errand.close();
        stopped.countDown();
        Input.leave(0);
    }

    /** Whoever starts while the broker is down does what a supervisor would do: it tries again. */
    private static Started start(String[] arguments, JournalWriter journal, CountDownLatch stop)
            throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Errand errand = null;
            try {
                errand = Errand.connect(arguments[0]);
                Worker worker = errand.worker()
                        .lease(Duration.parse(arguments[2]))
                        .concurrency(Integer.parseInt(arguments[3]))
                        .stopAfter(DRAIN, INTERRUPT)
                        .handle(Script.TYPE, (payload, task) -> run(journal, payload, task))
                        .handle(Script.KEPT, (payload, task) -> run(journal, payload, task))
                        .start();
                return new Started(errand, worker);
            } catch (BrokerUnavailableException e) {
                if (errand != null) {
                    errand.close();
                }
                if (System.nanoTime() - end >= 0 || stop.await(AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw e;
                }
            }
        }
    }

    private static void run(JournalWriter journal, String payload, TaskContext task) throws Exception {
        journal.write(line(Line.Event.BEGIN, task, payload));
        try {
            Script.parse(payload).run(task.attempt());
        } catch (InterruptedException e) {
            journal.write(line(Line.Event.INTERRUPTED, task, ""));
            throw e;
        } catch (Exception e) {
            journal.write(line(Line.Event.FAIL, task, ""));
            throw e;
        }
        journal.write(line(Line.Event.END, task, ""));
    }

    private static Line line(Line.Event event, TaskContext task, String note) {
        return new Line(
                Line.now(),
                event,
                task.id().value(),
                task.token().number(),
                task.token().nonce(),
                task.crashes(),
                note);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
