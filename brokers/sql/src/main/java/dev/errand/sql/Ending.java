package dev.errand.sql;

import dev.errand.broker.Lease;
import dev.errand.broker.Payload;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The ways in which a task ends, whoever ends it: by its worker, by a person, by recovery. */
final class Ending {
    private static final String DELETE = "DELETE FROM task WHERE seq = ?";
    /** The most frequent of all ends, in one statement. */
    private static final String FORGET_PLAIN =
            "DELETE FROM task WHERE id = ? AND state = 2 AND attempt = ? AND nonce = ? AND kept = 0";

    private static final String DELETE_LARGE = "DELETE FROM large_payload WHERE seq = ?";
    private static final String END =
            "UPDATE task SET state = ?, ended = ?, expires = ?, cause = ?, reason = ?, result = ?,"
                    + " result_type = ?, result_version = ?, worker = NULL, lease = NULL, due = NULL, cancel_reason = NULL,"
                    + " cancel_retention = NULL WHERE seq = ?";

    private Ending() {}

    /**
     * Completes a task that is not kept, and of which the caller knows that it has no unique or debounce key and no large
     * payload; false if the lease is not the task's newest, or attempts have kept something with it.
     */
    static boolean forgetPlain(Transaction tx, Lease lease) throws SQLException {
        PreparedStatement delete = tx.prepare(FORGET_PLAIN);
        delete.setString(1, lease.task().value());
        delete.setLong(2, lease.token().number());
        delete.setLong(3, lease.token().nonce());
        boolean done = delete.executeUpdate() > 0;
        if (done) {
            tx.changes().ended(lease.task());
        }
        return done;
    }

    static void complete(Transaction tx, Known task, @Nullable Payload result, long retention) throws SQLException {
        closeKey(tx, task);
        if (retention <= 0) {
            remove(tx, task);
        } else {
            end(tx, task, State.COMPLETED, tx.now() + retention, null, null, result);
        }
    }

    static void die(Transaction tx, Known task, String cause, String reason) throws SQLException {
        closeKey(tx, task);
        end(tx, task, State.DEAD, null, cause, reason, null);
    }

    static void cancel(Transaction tx, Known task, String reason, long retention) throws SQLException {
        freeKey(tx, task);
        if (retention <= 0) {
            remove(tx, task);
        } else {
            end(tx, task, State.CANCELLED, tx.now() + retention, null, reason, null);
        }
    }

    /** Deletes a task and frees its key. */
    static void delete(Transaction tx, Known task) throws SQLException {
        freeKey(tx, task);
        remove(tx, task);
    }

    /** Deletes a task; its key is another matter. */
    static void remove(Transaction tx, Known task) throws SQLException {
        Debouncing.ended(tx, task);
        PreparedStatement delete = tx.prepare(DELETE);
        delete.setLong(1, task.seq());
        delete.executeUpdate();
        if (task.large()) {
            deleteLarge(tx, task.seq());
        }
        if (task.kept()) {
            SqlRecords.drop(tx, task.seq());
        }
        tx.changes().ended(task.id());
    }

    private static void deleteLarge(Transaction tx, long seq) throws SQLException {
        PreparedStatement large = tx.prepare(DELETE_LARGE);
        large.setLong(1, seq);
        large.executeUpdate();
    }

    private static void end(
            Transaction tx,
            Known task,
            int state,
            @Nullable Long expires,
            @Nullable String cause,
            @Nullable String reason,
            @Nullable Payload result)
            throws SQLException {
        Debouncing.ended(tx, task);
        PreparedStatement end = tx.prepare(END);
        end.setInt(1, state);
        end.setLong(2, tx.now());
        Columns.set(end, 3, expires);
        end.setString(4, cause);
        end.setString(5, reason);
        end.setBytes(6, result == null ? null : result.bytes());
        end.setString(7, result == null ? null : result.contentType());
        Columns.set(end, 8, result == null ? null : (Long) (long) result.version());
        end.setLong(9, task.seq());
        end.executeUpdate();
        tx.changes().ended(task.id());
    }

    private static void closeKey(Transaction tx, Known task) throws SQLException {
        if (task.uniqueKey() != null) {
            UniqueKeys.close(tx, task.type(), task.uniqueKey(), task.id());
        }
    }

    private static void freeKey(Transaction tx, Known task) throws SQLException {
        if (task.uniqueKey() != null) {
            UniqueKeys.free(tx, task.type(), task.uniqueKey(), task.id());
        }
    }
}
