package dev.errand.observe;

import dev.errand.Errand;
import dev.errand.Queues;
import dev.errand.broker.Capability;
import dev.errand.time.Signal;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the broker what is in its queues, again and again, on one daemon thread, so that no scrape has to wait for a broker and
 * never two questions are asked at once. It rests at least nine times as long as the asking took. What it knows grows old: after
 * a failure, or when an answer is overdue, it knows nothing. The next answer may take as long as the last one, and then some.
 */
final class QueuePoll {
    private static final Logger log = LoggerFactory.getLogger(ErrandMetrics.class);
    private static final int REST = 9;
    /** An answer may take so much longer than the one before. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /**
     * An answer.
     *
     * @param at when it came
     * @param patience for how long it may be told: until the next one is overdue
     */
    private record Known(long at, Duration patience, Map<String, QueueLook> queues) {}

    private final Errand errand;
    private final Time time;
    private final Duration period;
    private final int limit;
    private final Consumer<String> onQueue;
    private final Signal stop;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile @Nullable Known known;
    private boolean failing;
    private boolean tooMany;

    QueuePoll(Errand errand, Time time, Duration period, int limit, Consumer<String> onQueue) {
        this.errand = errand;
        this.time = time;
        this.period = period;
        this.limit = limit;
        this.onQueue = onQueue;
        this.stop = new Signal(time);
        this.thread = Thread.ofPlatform().daemon().name("errand-queue-poll").unstarted(this::repeat);
    }

    void start() {
        thread.start();
    }

    /** Does not wait for a question that is being asked. */
    void stop() {
        stopped = true;
        stop.raise();
        known = null;
    }

    /** Whether the broker has answered of late. */
    boolean up() {
        return fresh() != null;
    }

    /** What is known of a queue; null: nothing. */
    @Nullable
    QueueLook look(String queue) {
        Known now = fresh();
        return now == null ? null : now.queues.get(queue);
    }

    private @Nullable Known fresh() {
        Known now = known;
        return now == null || time.nanoTime() - now.at > now.patience.toNanos() ? null : now;
    }

    private void repeat() {
        while (!stopped) {
            long begin = time.nanoTime();
            poll(begin);
            try {
                stop.await(rest(Duration.ofNanos(time.nanoTime() - begin)));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private Duration rest(Duration took) {
        Duration rest = took.multipliedBy(REST);
        return rest.compareTo(period) > 0 ? rest : period;
    }

    private void poll(long begin) {
        try {
            Map<String, QueueLook> looks = ask();
            if (stopped) {
                return;
            }
            long now = time.nanoTime();
            Duration took = Duration.ofNanos(now - begin);
            known = new Known(now, rest(took).plus(took).plus(PATIENCE), looks);
            looks.keySet().forEach(onQueue);
            failing = false;
        } catch (Throwable t) {
            known = null;
            if (!failing && !stopped) {
                log.warn(
                        "The broker does not say what is in its queues; their gauges are absent until it does: {}",
                        t.toString());
            }
            failing = true;
        }
    }

    private Map<String, QueueLook> ask() {
        Queues stats = errand.queues();
        boolean counts = errand.profile().can(Capability.COUNTS);
        boolean ages = errand.profile().can(Capability.OLDEST_AGE);
        Set<String> paused =
                errand.profile().can(Capability.PAUSE) ? stats.paused().keySet() : Set.of();
        Map<String, QueueLook> looks = new LinkedHashMap<>();
        List<String> all = stats.names();
        if (all.size() > limit && !tooMany) {
            tooMany = true;
            log.warn(
                    "There are {} queues; only the first {} by name are measured. If they are meant, raise limit(…)",
                    all.size(),
                    limit);
        }
        for (String queue : all.subList(0, Math.min(all.size(), limit))) {
            looks.put(
                    queue,
                    new QueueLook(
                            stats.depth(queue),
                            paused.contains(queue),
                            counts ? stats.counts(queue) : null,
                            ages,
                            ages ? stats.oldestReady(queue).orElse(null) : null));
        }
        return looks;
    }
}
