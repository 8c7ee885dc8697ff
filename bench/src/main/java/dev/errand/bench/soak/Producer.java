package dev.errand.bench.soak;

import dev.errand.Errand;
import dev.errand.ErrandException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Enqueues at a steady rate until its standard input ends, and puts down every acknowledgement. An enqueue that fails is not
 * repeated: whether it is stored is open. Arguments: the broker's URL, the journal, tasks a second, the seed.
 */
final class Producer {
    private static final int AT_ONCE = 64;
    private static final int LONGEST_DELAY_MILLIS = 3_000;

    private final Errand errand;
    private final JournalWriter journal;
    private final SplittableRandom random;
    private final Semaphore room = new Semaphore(AT_ONCE);
    private final CountDownLatch stop = new CountDownLatch(1);

    private Producer(Errand errand, JournalWriter journal, long seed) {
        this.errand = errand;
        this.journal = journal;
        this.random = new SplittableRandom(seed);
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (JournalWriter journal = new JournalWriter(Path.of(arguments[1]));
                Errand errand = Errand.connect(arguments[0])) {
            Producer producer = new Producer(errand, journal, Long.parseLong(arguments[3]));
            Input.whenEnded(producer.stop::countDown);
            journal.write(Line.about(Line.Event.READY, "-", ""));
            producer.produce(Double.parseDouble(arguments[2]));
        }
        Input.leave(0);
    }

    private void produce(double perSecond) throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long due = System.nanoTime();
            while (!stop.await(due - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                // A stopped broker holds the load up; it is not made up for afterwards.
                due = Math.max(due, System.nanoTime() - 1_000_000_000L) + (long) (1e9 / perSecond);
                Script script = Script.random(random);
                int delay = random.nextInt(10) == 0 ? random.nextInt(LONGEST_DELAY_MILLIS) : 0;
                room.acquire();
                threads.execute(() -> enqueue(script, Duration.ofMillis(delay)));
            }
        }
    }

    private void enqueue(Script script, Duration delay) {
        try {
            String id = errand.enqueue(script.type(), script.toString(), o -> o.delay(delay))
                    .id()
                    .value();
            journal.write(Line.about(Line.Event.STORED, id, script.toString()));
        } catch (ErrandException e) {
            journal.write(Line.about(Line.Event.REFUSED, "-", e.toString()));
        } finally {
            room.release();
        }
    }
}
