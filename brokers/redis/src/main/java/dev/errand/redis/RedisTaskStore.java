package dev.errand.redis;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Debounce;
import dev.errand.broker.Envelope;
import dev.errand.broker.Page;
import dev.errand.broker.TaskEdit;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.TaskStore;
import dev.errand.time.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Single tasks. A task is looked for in every queue, for an id does not tell where it is. */
final class RedisTaskStore implements TaskStore {
    private static final List<String> CONTAINERS =
            List.of("pending", "active", "scheduled", "retry", "archived", "completed");
    private static final int SLICE = 1_000;
    /** How often an awaited task is looked at, in case its notice was lost or an asynq worker has ended it. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final RedisBroker broker;
    private final Reading reading;
    private final Rewriting rewriting;
    private final Listing newest;

    RedisTaskStore(RedisBroker broker, Reading reading, Rewriting rewriting) {
        this.broker = broker;
        this.reading = reading;
        this.rewriting = rewriting;
        this.newest = new Listing(
                reading,
                (queue, from, count) -> Listing.Slice.of(
                        queue,
                        broker.link()
                                .run(
                                        Script.PAGE,
                                        queue,
                                        now().add(from == null ? "+inf" : from.toString())
                                                .add(count))),
                true);
    }

    private Arguments now() {
        return Arguments.at(broker.time().now().toEpochMilli());
    }

    @Override
    public Optional<TaskInfo> find(TaskId id) {
        return reading.find(id).map(Reading.Found::info);
    }

    @Override
    public Page<TaskInfo> list(TaskFilter filter, Optional<String> cursor, int limit) {
        List<String> queues = Listing.queues(broker.queues(), filter);
        if (cursor.isEmpty()) {
            queues.forEach(this::adopt);
        }
        return newest.page(queues, cursor, limit, filter::matches);
    }

    /** What asynq's clients have stored joins the list. */
    private void adopt(String queue) {
        if (adopt(queue, "", 0) == 0) {
            return;
        }
        for (String container : CONTAINERS) {
            int from = 0;
            long looked;
            do {
                looked = adopt(queue, container, from);
                from += SLICE;
            } while (looked == SLICE);
        }
    }

    private long adopt(String queue, String container, int from) {
        return broker.link()
                .count(Script.ADOPT, queue, now().add(container).add(from).add(SLICE));
    }

    /** A task that is to be changed: one that is on its way to another queue is there then. */
    private Optional<Reading.Found> locate(TaskId id) {
        Optional<Reading.Found> found = reading.find(id);
        if (found.isEmpty() || !found.get().moving()) {
            return found;
        }
        rewriting.arrive(found.get().queue(), Keys.bytes(id.value()));
        return reading.find(id);
    }

    @Override
    public CancelAnswer cancel(TaskId id, String reason, Duration retention) {
        Reading.Found found = locate(id).orElse(null);
        if (found == null) {
            return CancelAnswer.UNKNOWN;
        }
        Duration keep = retention.isPositive()
                ? retention
                : found.info().envelope().policy().retention();
        long answer = broker.link()
                .count(
                        Script.CANCEL,
                        found.queue(),
                        now().add(id.value()).add(keep.toMillis()).add(reason));
        if (answer == 1) {
            broker.uniqueKeys().free(found.info().envelope());
        }
        return switch ((int) answer) {
            case 1 -> CancelAnswer.CANCELLED;
            case 2 -> CancelAnswer.REQUESTED;
            case 3 -> CancelAnswer.ENDED;
            default -> CancelAnswer.UNKNOWN;
        };
    }

    @Override
    public boolean runNow(TaskId id) {
        return locate(id)
                .map(found -> broker.link().count(Script.RUN, found.queue(), now().add(id.value())) == 1)
                .orElse(false);
    }

    @Override
    public EditAnswer edit(TaskId id, TaskEdit edit) {
        while (true) {
            Reading.Found found = locate(id).orElse(null);
            if (found == null) {
                return EditAnswer.UNKNOWN;
            }
            TaskInfo info = found.info();
            if (info.state() != TaskState.PENDING
                    && info.state() != TaskState.SCHEDULED
                    && info.state() != TaskState.RETRY) {
                return EditAnswer.NOT_WAITING;
            }
            Envelope next = edit.applyTo(info.envelope());
            Instant due = edit.due() == null ? info.due() : edit.due();
            boolean past = edit.due() != null
                    && due != null
                    && !due.isAfter(broker.time().now());
            if (rewriting.rewrite(found, next, past ? null : due, null)) {
                Debounce debounce = next.debounce();
                if (debounce != null && !next.queue().equals(found.queue())) {
                    broker.debouncing().moved(next, debounce, next.queue());
                }
                return EditAnswer.EDITED;
            }
        }
    }

    @Override
    public boolean delete(TaskId id) {
        Reading.Found found = locate(id).orElse(null);
        if (found == null
                || broker.link()
                                .count(
                                        Script.DELETE,
                                        found.queue(),
                                        now().add(id.value()).add(""))
                        == 0) {
            return false;
        }
        broker.uniqueKeys().free(found.info().envelope());
        return true;
    }

    @Override
    public Optional<TaskInfo> awaitEnd(TaskId id, Duration max) throws InterruptedException {
        Signal changed = new Signal(broker.time());
        Runnable wake = changed::raise;
        long from = broker.time().nanoTime();
        broker.notices().await(id, wake);
        try {
            while (true) {
                Optional<Reading.Found> found = reading.find(id);
                Duration left = max.minusNanos(broker.time().nanoTime() - from);
                if (found.isEmpty() || found.get().info().state().ended() || !left.isPositive()) {
                    return found.map(Reading.Found::info);
                }
                askForNotice(found.get().queue(), id);
                changed.await(left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN);
            }
        } finally {
            broker.notices().leave(id, wake);
        }
    }

    /** The script that ends the task publishes it only if somebody waits. */
    private void askForNotice(String queue, TaskId id) {
        broker.link().count(Script.AWAIT, queue, now().add(id.value()));
    }
}
