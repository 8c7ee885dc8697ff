package dev.errand.cli.watch;

import dev.errand.TaskState;
import dev.errand.broker.Broker;
import dev.errand.cli.text.Json;
import dev.errand.cli.text.Spans;
import dev.errand.time.Time;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** The view without a terminal: a line for each interval. */
public final class Lines {
    private final Observer observer;
    private final Time time;
    private final PrintStream out;
    private final boolean json;

    /** Of a broker. */
    public Lines(Broker broker, Time time, PrintStream out, boolean json) {
        this.observer = new Observer(broker, time);
        this.time = time;
        this.out = out;
        this.json = json;
    }

    /**
     * Prints so many lines, or for ever if {@code count} is 0; ends early when nobody reads them any more.
     *
     * @throws InterruptedException if the thread is interrupted
     */
    public void run(Duration interval, long count) throws InterruptedException {
        Snapshot before = Snapshot.NOTHING;
        for (long i = 0; count == 0 || i < count; i++) {
            if (i > 0) {
                CountDownLatch over = new CountDownLatch(1);
                time.after(interval, over::countDown);
                over.await();
            }
            Snapshot now = observer.look();
            out.print((json ? json(now, before).toString() : line(now, before)) + "\n");
            if (out.checkError()) {
                return;
            }
            before = now;
        }
    }

    private static String line(Snapshot now, Snapshot before) {
        return String.format(
                Locale.ROOT,
                "%s ready %d active %d later %d retry %d dead %d grows %+.1f/s oldest %s workers %d",
                now.at(),
                now.total(TaskState.PENDING),
                now.total(TaskState.ACTIVE),
                now.total(TaskState.SCHEDULED),
                now.total(TaskState.RETRY),
                now.total(TaskState.DEAD),
                now.queues().stream()
                        .mapToDouble(queue -> now.growth(queue.name(), before))
                        .sum(),
                now.queues().stream()
                        .flatMap(queue -> queue.oldest().stream())
                        .min(java.util.Comparator.naturalOrder())
                        .map(since -> Spans.show(Duration.between(since, now.at())))
                        .orElse("-"),
                now.workers().size());
    }

    private static Json json(Snapshot now, Snapshot before) {
        List<Json> queues = now.queues().stream()
                .map(queue -> new Json()
                        .put("queue", queue.name())
                        .put("ready", queue.count(TaskState.PENDING))
                        .put("active", queue.count(TaskState.ACTIVE))
                        .put("scheduled", queue.count(TaskState.SCHEDULED))
                        .put("retry", queue.count(TaskState.RETRY))
                        .put("dead", queue.count(TaskState.DEAD))
                        .put("grows_per_second", tenths(now.growth(queue.name(), before)))
                        .put("dead_per_second", tenths(now.deaths(queue.name(), before)))
                        .put(
                                "oldest_ready_seconds",
                                queue.oldest()
                                        .map(since -> Duration.between(since, now.at()))
                                        .orElse(null))
                        .put("paused", queue.paused().isPresent())
                        .put("workers", queue.workers()))
                .toList();
        return new Json()
                .put("at", now.at())
                .put("workers", now.workers().size())
                .put("queues", queues);
    }

    private static double tenths(double rate) {
        return Math.round(rate * 10) / 10.0;
    }
}
