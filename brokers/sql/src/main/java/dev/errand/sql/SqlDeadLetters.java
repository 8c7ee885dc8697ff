package dev.errand.sql;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Page;
import dev.errand.broker.TaskFilter;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Dead letters. Work on many of them is done in parts, so that the writer serves others in between. */
final class SqlDeadLetters implements DeadLetters {
    private static final int PART = 200;

    private final SqlBroker broker;

    SqlDeadLetters(SqlBroker broker) {
        this.broker = broker;
    }

    @Override
    public Page<TaskInfo> list(TaskFilter filter, Optional<String> cursor, int limit) {
        TaskFilter dead = filter.in(TaskState.DEAD);
        return broker.readers().read(session -> broker.listing().list(session, dead, cursor, limit));
    }

    @Override
    public Optional<TaskInfo> show(TaskId id) {
        return broker.readers()
                .read(session -> broker.listing().find(session, id))
                .filter(task -> task.state() == TaskState.DEAD);
    }

    @Override
    public boolean redrive(TaskId id) {
        return broker.writer().call(1, tx -> Changing.redrive(tx, id));
    }

    @Override
    public int redriveAll(TaskFilter filter, int max) {
        return inParts(filter, max, Changing::redrive);
    }

    @Override
    public boolean delete(TaskId id) {
        return broker.writer().call(1, tx -> Changing.deleteDead(tx, id));
    }

    @Override
    public int purge(TaskFilter filter, int max) {
        return inParts(filter, max, Changing::deleteDead);
    }

    private interface Change {
        boolean on(Transaction tx, TaskId id) throws SQLException;
    }

    private int inParts(TaskFilter filter, int max, Change change) {
        int total = 0;
        while (total < max) {
            int part = Math.min(PART, max - total);
            int done = broker.writer().call(part, tx -> {
                List<TaskId> ids = broker.listing().oldest(tx.session(), filter, TaskState.DEAD, part);
                int changed = 0;
                for (TaskId id : ids) {
                    changed += change.on(tx, id) ? 1 : 0;
                }
                return changed;
            });
            total += done;
            if (done < part) {
                break;
            }
        }
        return total;
    }
}
