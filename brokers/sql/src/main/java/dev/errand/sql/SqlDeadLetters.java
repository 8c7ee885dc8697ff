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
import java.util.function.ToIntFunction;

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
    public int count(TaskFilter filter, int max) {
        return walk(filter, max, List::size);
    }

    @Override
    public boolean redrive(TaskId id) {
        return broker.writer().call(1, tx -> Changing.redrive(tx, Known.byId(tx, id)));
    }

    @Override
    public int redriveAll(TaskFilter filter, int max) {
        return inParts(filter, max, Changing::redrive);
    }

    @Override
    public boolean delete(TaskId id) {
        return broker.writer().call(1, tx -> Changing.deleteDead(tx, Known.byId(tx, id)));
    }

    @Override
    public int purge(TaskFilter filter, int max) {
        return inParts(filter, max, Changing::deleteDead);
    }

    private interface Change {
        boolean on(Transaction tx, Known task) throws SQLException;
    }

    private int inParts(TaskFilter filter, int max, Change change) {
        return walk(filter, max, seqs -> {
            int changed = 0;
            for (int from = 0; from < seqs.size(); from += PART) {
                List<Long> part = seqs.subList(from, Math.min(seqs.size(), from + PART));
                changed += broker.writer().call(part.size(), tx -> {
                    int done = 0;
                    for (long seq : part) {
                        Known task = Known.bySeq(tx, seq);
                        done += task != null && change.on(tx, task) ? 1 : 0;
                    }
                    return done;
                });
            }
            return changed;
        });
    }

    /** Finds by reading, oldest first, until the work on what was found comes to {@code max}. */
    private int walk(TaskFilter filter, int max, ToIntFunction<List<Long>> work) {
        int total = 0;
        long after = 0;
        boolean more = max > 0;
        while (more) {
            long from = after;
            Listing.Part part =
                    broker.readers().read(session -> broker.listing().oldest(session, filter, TaskState.DEAD, from));
            List<Long> seqs = part.seqs();
            int at = 0;
            while (at < seqs.size() && total < max) {
                int to = Math.min(seqs.size(), at + max - total);
                total += work.applyAsInt(seqs.subList(at, to));
                at = to;
            }
            after = part.last();
            more = !part.isLast() && total < max;
        }
        return total;
    }
}
