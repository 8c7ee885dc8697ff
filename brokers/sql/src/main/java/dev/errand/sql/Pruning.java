package dev.errand.sql;

import dev.errand.broker.Upkeep.DeadLetterLimits;
import dev.errand.broker.Upkeep.Pruned;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Deletes what has outlived its retention, and the oldest dead and cancelled tasks beyond their limits. */
final class Pruning {
    private static final String EXPIRED =
            "SELECT " + Known.COLUMNS + " FROM task WHERE expires <= ? ORDER BY expires LIMIT ?";
    private static final String QUEUES = "SELECT name FROM queue ORDER BY name";
    private static final String COUNT = "SELECT count(*) FROM task WHERE state = %d AND state > 6 AND queue = ?";
    private static final String OLDEST = "SELECT seq, ended FROM task WHERE state = %d AND state > 6 AND queue = ?"
            + " AND ended <= ? ORDER BY ended, seq LIMIT ?";
    private static final String STILL =
            "SELECT " + Known.COLUMNS + " FROM task WHERE seq = ? AND state = ? AND ended = ?";

    private final String countDead = COUNT.formatted(State.DEAD);
    private final String countCancelled = COUNT.formatted(State.CANCELLED);
    private final String oldestDead = OLDEST.formatted(State.DEAD);
    private final String oldestCancelled = OLDEST.formatted(State.CANCELLED);

    private static final String KEYS_OVER = "SELECT 1 FROM unique_key WHERE open = 0 AND until <= ? LIMIT 1";

    /** Whether there are unique keys whose time is over; for a reading session. */
    static boolean lookForKeys(Session session, long now) throws SQLException {
        PreparedStatement keys = session.prepare(KEYS_OVER);
        keys.setLong(1, now);
        try (ResultSet row = keys.executeQuery()) {
            return row.next();
        }
    }

    /** A task that has ended, and when: it is the same one only if it has not ended anew. */
    private record Mark(long seq, long ended) {}

    /**
     * What is to be deleted: counting what ended takes long when there is much of it, so it is found by reading, and who deletes
     * looks at the found ones alone.
     */
    record Found(boolean expired, List<Mark> cancelled, List<Mark> dead) {
        boolean isNothing() {
            return !expired && cancelled.isEmpty() && dead.isEmpty();
        }
    }

    /** At most {@code max} of each kind; for a reading session. */
    Found look(Session session, DeadLetterLimits limits, long now, int max) throws SQLException {
        return new Found(
                !expired(session, now, 1).isEmpty(),
                tooOldOrMany(session, limits, now, max, false),
                tooOldOrMany(session, limits, now, max, true));
    }

    /** Deletes what was found and is still so, at most {@code max} in all. */
    static Pruned prune(Transaction tx, Found found, int max) throws SQLException {
        List<Known> ended = expired(tx.session(), tx.now(), max);
        for (Known task : ended) {
            // A completed task's key keeps its own time; a cancelled one's is free already.
            Ending.remove(tx, task);
        }
        List<Known> cancelled = still(tx, found.cancelled, State.CANCELLED, max - ended.size());
        for (Known task : cancelled) {
            Ending.remove(tx, task);
        }
        List<Known> dead = still(tx, found.dead, State.DEAD, max - ended.size() - cancelled.size());
        for (Known task : dead) {
            Ending.delete(tx, task);
        }
        return new Pruned(ended.size() + cancelled.size(), dead.size());
    }

    private static List<Known> still(Transaction tx, List<Mark> marks, int state, int max) throws SQLException {
        List<Known> still = new ArrayList<>();
        for (Mark mark : marks.subList(0, Math.min(max, marks.size()))) {
            PreparedStatement select = tx.prepare(STILL);
            select.setLong(1, mark.seq);
            select.setInt(2, state);
            select.setLong(3, mark.ended);
            still.addAll(Known.readAll(select));
        }
        return still;
    }

    private static List<Known> expired(Session session, long now, int max) throws SQLException {
        PreparedStatement select = session.prepare(EXPIRED);
        select.setLong(1, now);
        select.setInt(2, max);
        return Known.readAll(select);
    }

    private List<Mark> tooOldOrMany(Session session, DeadLetterLimits limits, long now, int max, boolean dead)
            throws SQLException {
        List<Mark> found = new ArrayList<>();
        for (String queue : queues(session)) {
            int room = max - found.size();
            if (room <= 0) {
                break;
            }
            long excess = Math.min(room, count(session, queue, dead) - limits.perQueue());
            List<Mark> surplus = excess > 0 ? oldest(session, queue, Long.MAX_VALUE, excess, dead) : List.of();
            long cutoff = now - Millis.of(limits.age());
            List<Mark> old = dead ? oldest(session, queue, cutoff, room, true) : List.of();
            // Both begin with the oldest, so that the longer one has the other in it.
            found.addAll(old.size() > surplus.size() ? old : surplus);
        }
        return found;
    }

    private List<Mark> oldest(Session session, String queue, long endedBy, long max, boolean dead) throws SQLException {
        PreparedStatement select = session.prepare(dead ? oldestDead : oldestCancelled);
        select.setString(1, queue);
        select.setLong(2, endedBy);
        select.setLong(3, max);
        List<Mark> marks = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                marks.add(new Mark(row.getLong(1), row.getLong(2)));
            }
        }
        return marks;
    }

    private static List<String> queues(Session session) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet row = session.prepare(QUEUES).executeQuery()) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return names;
    }

    private long count(Session session, String queue, boolean dead) throws SQLException {
        PreparedStatement select = session.prepare(dead ? countDead : countCancelled);
        select.setString(1, queue);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
