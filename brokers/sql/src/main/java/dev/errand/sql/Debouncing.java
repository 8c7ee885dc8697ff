package dev.errand.sql;

import dev.errand.TaskId;
import dev.errand.broker.Broker;
import dev.errand.broker.Debounce;
import dev.errand.broker.Envelope;
import dev.errand.broker.Receipt;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps it so that of one type and debounce key at most one task waits. */
final class Debouncing {
    private static final String OPEN =
            " FROM task WHERE seq IN (SELECT debounced.seq FROM debounced WHERE debounced.type = ? AND debounced.key = ?)";
    private static final String WAITS = " AND state <> " + State.ACTIVE;
    private static final String ADD =
            "INSERT INTO debounced (type, key, seq) VALUES (?, ?, ?) ON CONFLICT (type, key, seq) DO NOTHING";
    private static final String REMOVE = "DELETE FROM debounced WHERE type = ? AND key = ? AND seq = ?";
    private static final String REPLACED = "SELECT id, replaced_by" + OPEN + " AND replaced_by IS NOT NULL";
    private static final String WAITING = "SELECT " + TaskRow.INFO_COLUMNS + OPEN + WAITS;
    private static final String ANOTHER = "SELECT 1" + OPEN + WAITS + " AND seq <> ?";
    private static final String START = "UPDATE task SET debounce = ?, debounce_latest = ? WHERE seq = ?";
    private static final String STOP =
            "UPDATE task SET debounce = NULL, debounce_latest = NULL, replaced_by = NULL WHERE seq = ?";
    private static final String REMEMBER = "UPDATE task SET replaced_by = ? WHERE seq = ?";
    private static final String REMEMBERED = "SELECT replaced_by FROM task WHERE seq = ?";

    private final Rewriting rewriting;

    Debouncing(Rewriting rewriting) {
        this.rewriting = rewriting;
    }

    /** Puts the task into the place of the one that waits; null if none does. */
    @Nullable
    Receipt replace(Transaction tx, Envelope task, Debounce debounce, long place) throws SQLException {
        TaskId before = replacedBy(tx, task, debounce);
        if (before != null) {
            return new Receipt.Replaced(before);
        }
        Rewriting.Stored waiting = Rewriting.one(tx, ofKey(tx, WAITING, task.type(), debounce.key()));
        if (waiting == null) {
            return null;
        }
        Envelope next = task.replacing(waiting.info().envelope());
        Instant due = next.notBefore();
        rewriting.replace(
                tx, waiting, next, due != null && Millis.of(due) > tx.now() ? (Long) Millis.of(due) : null, place);
        remember(tx, waiting.seq(), task.id());
        return new Receipt.Replaced(next.id());
    }

    /** The task that this very enqueue has replaced before, if that one still waits or runs. */
    private static @Nullable TaskId replacedBy(Transaction tx, Envelope task, Debounce debounce) throws SQLException {
        try (ResultSet row = ofKey(tx, REPLACED, task.type(), debounce.key()).executeQuery()) {
            while (row.next()) {
                if (Json.toTexts(row.getString(2)).contains(task.id().value())) {
                    return TaskId.of(row.getString(1));
                }
            }
        }
        return null;
    }

    private static void remember(Transaction tx, long seq, TaskId by) throws SQLException {
        List<String> all = new ArrayList<>();
        PreparedStatement remembered = tx.prepare(REMEMBERED);
        remembered.setLong(1, seq);
        try (ResultSet row = remembered.executeQuery()) {
            if (row.next()) {
                all.addAll(Json.toTexts(row.getString(1)));
            }
        }
        all.add(by.value());
        int size = all.size();
        PreparedStatement update = tx.prepare(REMEMBER);
        update.setString(1, Json.ofTexts(all.subList(Math.max(0, size - Broker.REPLACEMENTS), size)));
        update.setLong(2, seq);
        update.executeUpdate();
    }

    /** A task just stored is the one that waits from now on. */
    static void start(Transaction tx, long seq, String type, Debounce debounce) throws SQLException {
        PreparedStatement update = tx.prepare(START);
        update.setString(1, debounce.key());
        update.setLong(2, Millis.of(debounce.latest()));
        update.setLong(3, seq);
        update.executeUpdate();
        change(tx, ADD, type, debounce.key(), seq);
    }

    /** The task has ended or is gone. */
    static void ended(Transaction tx, Known task) throws SQLException {
        if (task.debounce() != null) {
            change(tx, REMOVE, task.type(), task.debounce(), task.seq());
        }
    }

    private static void change(Transaction tx, String sql, String type, String key, long seq) throws SQLException {
        PreparedStatement change = ofKey(tx, sql, type, key);
        change.setLong(3, seq);
        change.executeUpdate();
    }

    /** The task is about to wait again; it is debounced no more if another one of its key waits. */
    static void waitsAgain(Transaction tx, Known task) throws SQLException {
        if (task.debounce() == null) {
            return;
        }
        PreparedStatement another = ofKey(tx, ANOTHER, task.type(), task.debounce());
        another.setLong(3, task.seq());
        boolean found;
        try (ResultSet row = another.executeQuery()) {
            found = row.next();
        }
        change(tx, found ? REMOVE : ADD, task.type(), task.debounce(), task.seq());
        if (found) {
            PreparedStatement stop = tx.prepare(STOP);
            stop.setLong(1, task.seq());
            stop.executeUpdate();
        }
    }

    private static PreparedStatement ofKey(Transaction tx, String sql, String type, String key) throws SQLException {
        PreparedStatement select = tx.prepare(sql);
        select.setString(1, type);
        select.setString(2, key);
        return select;
    }
}
