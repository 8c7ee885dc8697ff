package dev.errand.sql;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.broker.Page;
import dev.errand.broker.TaskEdit;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.TaskStore;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Single tasks: reads beside the writer, writes through it. */
final class SqlTaskStore implements TaskStore {
    /** In case every wake-up was lost; the switchboard's own look is more frequent. */
    private static final long SAFETY_NET = TimeUnit.SECONDS.toNanos(5);

    private final SqlBroker broker;

    SqlTaskStore(SqlBroker broker) {
        this.broker = broker;
    }

    @Override
    public Optional<TaskInfo> find(TaskId id) {
        return broker.readers().read(session -> broker.listing().find(session, id));
    }

    @Override
    public Page<TaskInfo> list(TaskFilter filter, Optional<String> cursor, int limit) {
        return broker.readers().read(session -> broker.listing().list(session, filter, cursor, limit));
    }

    @Override
    public CancelAnswer cancel(TaskId id, String reason, Duration retention) {
        return broker.writer().call(1, tx -> Changing.cancel(tx, id, reason, retention));
    }

    @Override
    public boolean runNow(TaskId id) {
        return broker.writer().call(1, tx -> Changing.runNow(tx, id));
    }

    @Override
    public EditAnswer edit(TaskId id, TaskEdit edit) {
        return broker.writer().call(1, tx -> broker.rewriting().edit(tx, id, edit));
    }

    @Override
    public boolean delete(TaskId id) {
        return broker.writer().call(1, tx -> Changing.delete(tx, id));
    }

    @Override
    public Optional<TaskInfo> awaitEnd(TaskId id, Duration max) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Optional<TaskInfo> first = find(id);
        if (isOver(first) || !max.isPositive()) {
            return first;
        }
        broker.switchboard().want(Switchboard.ENDED);
        AtomicBoolean expired = new AtomicBoolean();
        Bell bell = new Bell();
        broker.awaiters().add(id, bell);
        Time.Timer timer = broker.time().after(max, () -> {
            expired.set(true);
            bell.ring();
        });
        try {
            while (true) {
                Optional<TaskInfo> now = find(id);
                if (isOver(now) || expired.get()) {
                    return now;
                }
                bell.await(SAFETY_NET);
            }
        } finally {
            timer.cancel();
            broker.awaiters().remove(id, bell);
        }
    }

    private static boolean isOver(Optional<TaskInfo> task) {
        return task.map(info -> info.state().ended()).orElse(true);
    }
}
