package dev.errand.redis;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Envelope;
import dev.errand.broker.Page;
import dev.errand.broker.TaskFilter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The archive, without what was cancelled. Ours survive what asynq trims away, by a copy. */
final class RedisDeadLetters implements DeadLetters {
    private static final int SLICE = 200;

    private final RedisBroker broker;
    private final Reading reading;
    private final Listing newest;
    private final Listing oldest;

    RedisDeadLetters(RedisBroker broker, Reading reading) {
        this.broker = broker;
        this.reading = reading;
        this.newest = new Listing(reading, (queue, from, count) -> read(queue, from, null, count, "newest"), true);
        this.oldest = new Listing(reading, (queue, from, count) -> read(queue, null, from, count, "oldest"), false);
    }

    private Listing.Slice read(String queue, @Nullable Long high, @Nullable Long low, int count, String first) {
        List<?> answer = broker.link()
                .run(
                        Script.DEAD,
                        queue,
                        now().add(high == null ? "" : high.toString())
                                .add(low == null ? "" : low.toString())
                                .add(count)
                                .add(first));
        return Listing.Slice.of(queue, answer);
    }

    private Arguments now() {
        return Arguments.at(broker.time().now().toEpochMilli());
    }

    private static Predicate<TaskInfo> wanted(TaskFilter filter) {
        TaskFilter dead = filter.in(TaskState.DEAD);
        return dead::matches;
    }

    @Override
    public Page<TaskInfo> list(TaskFilter filter, Optional<String> cursor, int limit) {
        return newest.page(Listing.queues(broker.queues(), filter), cursor, limit, wanted(filter));
    }

    @Override
    public Optional<TaskInfo> show(TaskId id) {
        return reading.find(id).map(Reading.Found::info).filter(task -> task.state() == TaskState.DEAD);
    }

    @Override
    public boolean redrive(TaskId id) {
        return reading.find(id)
                .filter(found -> found.info().state() == TaskState.DEAD)
                .map(this::redrive)
                .orElse(false);
    }

    private boolean redrive(Reading.Found found) {
        Instant now = broker.time().now();
        Envelope task = found.info().envelope();
        Instant deadline = task.deadline();
        Envelope again = task.withHistory(task.history().redriven())
                .withDeadline(deadline != null && !deadline.isAfter(now) ? null : deadline);
        try (Debouncing.Returns<Envelope> returns =
                broker.debouncing().returning(List.of(again), each -> new Debouncing.Place(found.queue(), each))) {
            Messages.Stored stored = Messages.encode(returns.task(again, again));
            return broker.link()
                            .count(
                                    Script.REDRIVE,
                                    found.queue(),
                                    now().add(task.id().value())
                                            .add(stored.message())
                                            .add(stored.extras())
                                            .add(found.message()))
                    == 1;
        }
    }

    @Override
    public int redriveAll(TaskFilter filter, int max) {
        return each(filter, max, this::redrive);
    }

    @Override
    public boolean delete(TaskId id) {
        return reading.find(id)
                .filter(found -> found.info().state() == TaskState.DEAD)
                .map(this::delete)
                .orElse(false);
    }

    private boolean delete(Reading.Found found) {
        boolean deleted = broker.link()
                        .count(
                                Script.DELETE,
                                found.queue(),
                                now().add(found.info().id().value()).add("archived"))
                == 1;
        if (deleted) {
            broker.uniqueKeys().free(found.info().envelope());
        }
        return deleted;
    }

    @Override
    public int count(TaskFilter filter, int max) {
        return max <= 0 ? 0 : each(filter, max, task -> true);
    }

    @Override
    public int purge(TaskFilter filter, int max) {
        return each(filter, max, this::delete);
    }

    private int each(TaskFilter filter, int max, Predicate<Reading.Found> change) {
        List<String> queues = Listing.queues(broker.queues(), filter);
        int changed = 0;
        Listing.Place at = null;
        while (changed < max) {
            Listing.Found found = oldest.find(queues, at, Math.min(SLICE, max - changed), wanted(filter));
            for (Reading.Found task : found.tasks()) {
                changed += change.test(task) ? 1 : 0;
            }
            at = found.more();
            if (at == null) {
                break;
            }
        }
        return changed;
    }
}
