package dev.errand.redis;

import dev.errand.broker.Upkeep;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The chores, over all queues; any number of workers, asynq's included, do them at once. */
final class RedisUpkeep implements Upkeep {
    private static final int SLICE = 1_000;

    private final RedisBroker broker;
    private final Rewriting rewriting;
    private final RedisSchedules schedules;
    private final Recovering recovering;

    RedisUpkeep(RedisBroker broker, Rewriting rewriting, RedisSchedules schedules) {
        this.broker = broker;
        this.rewriting = rewriting;
        this.schedules = schedules;
        this.recovering = new Recovering(broker);
    }

    private List<String> queues() {
        TreeSet<String> all = new TreeSet<>(broker.queues().lately());
        broker.intakes().forEach(intake -> all.addAll(intake.spec().queues().keySet()));
        return List.copyOf(all);
    }

    @Override
    public Due promote(int max) {
        List<String> queues = queues();
        if (queues.isEmpty()) {
            return new Due(0, Optional.empty());
        }
        int promoted = 0;
        while (true) {
            int share = Math.clamp((max - promoted) / queues.size(), 1, SLICE);
            Instant next = Instant.MAX;
            boolean more = false;
            for (List<?> parts : broker.link().runAll(promotions(queues, share))) {
                int moved = (int) (long) (Long) parts.getFirst();
                promoted += moved;
                more |= moved >= share;
                String due = Keys.text((byte[]) parts.get(1));
                if (!due.isEmpty()) {
                    Instant at = Instant.ofEpochMilli(Long.parseLong(due));
                    next = at.isBefore(next) ? at : next;
                }
            }
            if (!more || promoted >= max) {
                return new Due(promoted, next.equals(Instant.MAX) ? Optional.empty() : Optional.of(next));
            }
        }
    }

    private List<Link.Run> promotions(List<String> queues, int share) {
        List<Link.Run> runs = new ArrayList<>();
        for (String queue : queues) {
            runs.add(Link.Run.on(Script.PROMOTE, queue, now().add(share)));
        }
        return runs;
    }

    private Arguments now() {
        return Arguments.at(broker.time().now().toEpochMilli());
    }

    @Override
    public int recover(int max) {
        List<String> queues = queues();
        rewriting.finishAbandoned(queues);
        if (!broker.intakes().isEmpty()) {
            broker.shownSchedules().show(schedules);
        }
        return recovering.recover(queues, max);
    }

    @Override
    public Pruned prune(DeadLetterLimits limits, int max) {
        int ended = 0;
        int dead = 0;
        for (String queue : queues()) {
            int left = Math.min(SLICE, max - ended - dead);
            if (left <= 0) {
                break;
            }
            List<?> answer = broker.link()
                    .run(
                            Script.PRUNE,
                            queue,
                            now().add(millis(limits.age()))
                                    .add(limits.perQueue())
                                    .add(left));
            ended += (int) (long) (Long) answer.get(0);
            dead += (int) (long) (Long) answer.get(1);
        }
        return new Pruned(ended, dead);
    }

    private static long millis(Duration span) {
        return span.compareTo(Duration.ofDays(36_500)) > 0
                ? Duration.ofDays(36_500).toMillis()
                : span.toMillis();
    }
}
