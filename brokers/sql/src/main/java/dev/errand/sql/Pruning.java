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
    private static final String OLDEST = "SELECT " + Known.COLUMNS
            + " FROM task WHERE state = %d AND state > 6 AND queue = ? AND ended <= ? ORDER BY ended, seq LIMIT ?";

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

    /** Whether there are tasks to prune; for a reading session. */
    boolean look(Session session, DeadLetterLimits limits, long now) throws SQLException {
        return !expired(session, now, 1).isEmpty()
                || !tooOldOrMany(session, limits, now, 1, true).isEmpty()
                || !tooOldOrMany(session, limits, now, 1, false).isEmpty();
    }

    Pruned prune(Transaction tx, DeadLetterLimits limits, int max) throws SQLException {
        List<Known> ended = expired(tx.session(), tx.now(), max);
        for (Known task : ended) {
            // A completed task's key keeps its own time; a cancelled one's is free already.
            Ending.remove(tx, task);
        }
        List<Known> cancelled = tooOldOrMany(tx.session(), limits, tx.now(), max - ended.size(), false);
        for (Known task : cancelled) {
            Ending.remove(tx, task);
        }
        int left = max - ended.size() - cancelled.size();
        List<Known> dead = tooOldOrMany(tx.session(), limits, tx.now(), left, true);
        for (Known task : dead) {
            Ending.delete(tx, task);
        }
        return new Pruned(ended.size() + cancelled.size(), dead.size());
    }

    private static List<Known> expired(Session session, long now, int max) throws SQLException {
        PreparedStatement select = session.prepare(EXPIRED);
        select.setLong(1, now);
        select.setInt(2, max);
        return Known.readAll(select);
    }

    private List<Known> tooOldOrMany(Session session, DeadLetterLimits limits, long now, int max, boolean dead)
            throws SQLException {
        List<Known> found = new ArrayList<>();
        for (String queue : queues(session)) {
            int room = max - found.size();
            if (room <= 0) {
                break;
            }
            long excess = Math.min(room, count(session, queue, dead) - limits.perQueue());
            List<Known> surplus = excess > 0 ? oldest(session, queue, Long.MAX_VALUE, excess, dead) : List.of();
            long cutoff = now - Millis.of(limits.age());
            List<Known> old = dead ? oldest(session, queue, cutoff, room, true) : List.of();
            // Both begin with the oldest, so that the longer one has the other in it.
            found.addAll(old.size() > surplus.size() ? old : surplus);
        }
        return found;
    }

    private List<Known> oldest(Session session, String queue, long endedBy, long max, boolean dead)
            throws SQLException {
        PreparedStatement select = session.prepare(dead ? oldestDead : oldestCancelled);
        select.setString(1, queue);
        select.setLong(2, endedBy);
        select.setLong(3, max);
        return Known.readAll(select);
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
