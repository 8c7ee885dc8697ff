package dev.errand.redis;

import dev.errand.TaskId;
import dev.errand.TaskState;
import dev.errand.broker.QueueStats;
import dev.errand.time.Time;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What is in the queues. Tasks that asynq groups count as waiting. */
final class RedisQueueStats implements QueueStats {
    /** In the order of the script's answer. */
    private static final List<TaskState> STATES = List.of(
            TaskState.PENDING,
            TaskState.ACTIVE,
            TaskState.SCHEDULED,
            TaskState.RETRY,
            TaskState.COMPLETED,
            TaskState.DEAD,
            TaskState.CANCELLED,
            TaskState.WAITING);

    private final Link link;
    private final Time time;
    private final KnownQueues queues;

    RedisQueueStats(Link link, Time time, KnownQueues queues) {
        this.link = link;
        this.time = time;
        this.queues = queues;
    }

    @Override
    public List<String> queues() {
        return queues.now();
    }

    @Override
    public long depth(String queue) {
        return link.call(c -> c.llen(Keys.pending(queue)));
    }

    @Override
    public Map<TaskState, Long> counts(String queue) {
        List<?> answer = link.run(Script.COUNTS, queue, at());
        Map<TaskState, Long> counts = new EnumMap<>(TaskState.class);
        for (int i = 0; i < STATES.size(); i++) {
            long count = (Long) answer.get(i);
            if (count > 0) {
                counts.put(STATES.get(i), count);
            }
        }
        return counts;
    }

    @Override
    public Optional<Instant> oldestReady(String queue) {
        byte[] since = (byte[]) link.run(Script.OLDEST, queue, at()).getFirst();
        return since.length == 0 ? Optional.empty() : Optional.of(Reading.nanos(since, time.now()));
    }

    /** Its place in asynq's list, which is looked through. */
    @Override
    public OptionalLong ahead(TaskId id) {
        List<Link.Run> runs = new ArrayList<>();
        for (String queue : queues.now()) {
            runs.add(Link.Run.on(Script.AHEAD, queue, at().add(id.value())));
        }
        return link.runAll(runs).stream()
                .mapToLong(answer -> (Long) answer.getFirst())
                .filter(ahead -> ahead >= 0)
                .findFirst();
    }

    private Arguments at() {
        return Arguments.at(time.now().toEpochMilli());
    }
}
