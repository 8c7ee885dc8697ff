package dev.errand.sql;

import dev.errand.TaskId;
import dev.errand.broker.TaskStore.CancelAnswer;
import dev.errand.broker.UniqueKey;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What people do to single tasks: call off, run now, redrive, delete. */
final class Changing {
    private static final String ASK = "UPDATE task SET cancel_reason = ?, cancel_retention = ? WHERE seq = ?";
    private static final String RUN_NOW = "UPDATE task SET state = 1, ready = ?, ord = ?, due = NULL WHERE seq = ?";
    private static final String REDRIVE = "UPDATE task SET state = 1, ready = ?, ord = ?, attempts = 0, crashes = 0,"
            + " deadline = CASE WHEN deadline <= ? THEN NULL ELSE deadline END, ended = NULL, cause = NULL, reason = NULL"
            + " WHERE seq = ?";

    private static final String UNTIL = "SELECT created + unique_ttl FROM task WHERE seq = ?";

    private Changing() {}

    static CancelAnswer cancel(Transaction tx, TaskId id, String reason, Duration retention) throws SQLException {
        Known task = Known.byId(tx, id);
        if (task == null) {
            return CancelAnswer.UNKNOWN;
        }
        return switch (task.state()) {
            case State.SCHEDULED, State.WAITING, State.PENDING, State.RETRY -> {
                Ending.cancel(tx, task, reason, task.keptFor(retention));
                yield CancelAnswer.CANCELLED;
            }
            case State.ACTIVE -> {
                PreparedStatement ask = tx.prepare(ASK);
                ask.setString(1, reason);
                ask.setLong(2, task.keptFor(retention));
                ask.setLong(3, task.seq());
                ask.executeUpdate();
                tx.changes().cancel(task.worker(), id);
                yield CancelAnswer.REQUESTED;
            }
            default -> CancelAnswer.ENDED;
        };
    }

    static boolean runNow(Transaction tx, TaskId id) throws SQLException {
        Known task = Known.byId(tx, id);
        if (task == null || (task.state() != State.SCHEDULED && task.state() != State.RETRY)) {
            return false;
        }
        PreparedStatement update = tx.prepare(RUN_NOW);
        update.setLong(1, tx.now());
        update.setLong(2, tx.places(1));
        update.setLong(3, task.seq());
        update.executeUpdate();
        tx.changes().ready(task.queue());
        return true;
    }

    static boolean delete(Transaction tx, TaskId id) throws SQLException {
        Known task = Known.byId(tx, id);
        if (task == null || task.state() == State.ACTIVE) {
            return false;
        }
        Ending.delete(tx, task);
        return true;
    }

    static boolean deleteDead(Transaction tx, @Nullable Known task) throws SQLException {
        if (task == null || task.state() != State.DEAD) {
            return false;
        }
        Ending.delete(tx, task);
        return true;
    }

    static boolean redrive(Transaction tx, @Nullable Known task) throws SQLException {
        if (task == null || task.state() != State.DEAD) {
            return false;
        }
        Debouncing.waitsAgain(tx, task);
        PreparedStatement update = tx.prepare(REDRIVE);
        update.setLong(1, tx.now());
        update.setLong(2, tx.places(1));
        update.setLong(3, tx.now());
        update.setLong(4, task.seq());
        update.executeUpdate();
        if (task.uniqueKey() != null) {
            UniqueKeys.retake(tx, task.type(), new UniqueKey(task.uniqueKey(), timeLeft(tx, task)), task.id());
        }
        tx.changes().ready(task.queue());
        return true;
    }

    /** What is left of the unique key's time to live. */
    private static Duration timeLeft(Transaction tx, Known task) throws SQLException {
        PreparedStatement select = tx.prepare(UNTIL);
        select.setLong(1, task.seq());
        try (ResultSet row = select.executeQuery()) {
            return Duration.ofMillis(row.next() ? Math.max(0, row.getLong(1) - tx.now()) : 0);
        }
    }
}
