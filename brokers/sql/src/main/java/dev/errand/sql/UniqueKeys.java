package dev.errand.sql;

import dev.errand.TaskId;
import dev.errand.broker.UniqueKey;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which unique key. A key has a row of its own, because it may be held longer than its task is kept: it is held
 * while its task is open, and until its time in any case, unless the task was cancelled or deleted.
 */
final class UniqueKeys {
    private static final String FIND = "SELECT task, until, open FROM unique_key WHERE type = ? AND key = ?";
    private static final String PUT = "INSERT INTO unique_key (type, key, task, until, open) VALUES (?, ?, ?, ?, 1)"
            + " ON CONFLICT (type, key) DO UPDATE SET task = excluded.task, until = excluded.until, open = 1";
    private static final String REOPEN = "UPDATE unique_key SET open = 1 WHERE type = ? AND key = ? AND task = ?";
    private static final String CLOSE =
            "UPDATE unique_key SET open = 0 WHERE type = ? AND key = ? AND task = ? AND until > ?";
    private static final String FREE_IF_OVER =
            "DELETE FROM unique_key WHERE type = ? AND key = ? AND task = ? AND until <= ?";
    private static final String FREE = "DELETE FROM unique_key WHERE type = ? AND key = ? AND task = ?";
    private static final String PRUNE = "DELETE FROM unique_key WHERE (type, key) IN"
            + " (SELECT type, key FROM unique_key WHERE open = 0 AND until <= ? LIMIT ?)";

    private UniqueKeys() {}

    /** Takes the key for a task enqueued now, unless another holds it; answers that other one's id, or null. */
    static @Nullable String take(Transaction tx, String type, UniqueKey unique, TaskId task, long now)
            throws SQLException {
        PreparedStatement find = tx.prepare(FIND);
        find.setString(1, type);
        find.setString(2, unique.key());
        try (ResultSet row = find.executeQuery()) {
            if (row.next() && (row.getInt(3) == 1 || row.getLong(2) > now)) {
                return row.getString(1);
            }
        }
        PreparedStatement put = tx.prepare(PUT);
        put.setString(1, type);
        put.setString(2, unique.key());
        put.setString(3, task.value());
        put.setLong(4, now + Millis.of(unique.ttl()));
        put.executeUpdate();
        return null;
    }

    /** A dead task is open again: it holds its key again, until the same time, if nobody else does. */
    static void retake(Transaction tx, String type, UniqueKey left, TaskId task) throws SQLException {
        PreparedStatement reopen = tx.prepare(REOPEN);
        reopen.setString(1, type);
        reopen.setString(2, left.key());
        reopen.setString(3, task.value());
        if (reopen.executeUpdate() == 0) {
            take(tx, type, left, task, tx.now());
        }
    }

    /** The task has completed or died: the key is held until its time only. */
    static void close(Transaction tx, String type, String key, TaskId task) throws SQLException {
        PreparedStatement free = tx.prepare(FREE_IF_OVER);
        free.setString(1, type);
        free.setString(2, key);
        free.setString(3, task.value());
        free.setLong(4, tx.now());
        if (free.executeUpdate() == 0) {
            PreparedStatement close = tx.prepare(CLOSE);
            close.setString(1, type);
            close.setString(2, key);
            close.setString(3, task.value());
            close.setLong(4, tx.now());
            close.executeUpdate();
        }
    }

    /** The task was cancelled or deleted: the key is free. */
    static void free(Transaction tx, String type, String key, TaskId task) throws SQLException {
        PreparedStatement free = tx.prepare(FREE);
        free.setString(1, type);
        free.setString(2, key);
        free.setString(3, task.value());
        free.executeUpdate();
    }

    /** Forgets keys whose tasks have ended and whose time has passed, at most {@code max}. */
    static int prune(Transaction tx, int max) throws SQLException {
        PreparedStatement prune = tx.prepare(PRUNE);
        prune.setLong(1, tx.now());
        prune.setInt(2, max);
        return prune.executeUpdate();
    }
}
