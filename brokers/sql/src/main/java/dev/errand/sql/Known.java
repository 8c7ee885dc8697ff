package dev.errand.sql;

import dev.errand.TaskId;
import dev.errand.broker.AttemptToken;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must be known of a task before it changes its state: where it is, and what goes with it.
 *
 * @param debounce its debounce key
 * @param cancelReason set if it runs and somebody asks for its end
 * @param cancelRetention how long to keep it then
 * @param worker the slot of who holds it; 0: nobody
 * @param large whether its payload is in {@code large_payload}
 * @param kept whether its attempts have kept something with it
 */
record Known(
        long seq,
        TaskId id,
        String queue,
        String type,
        int state,
        @Nullable String uniqueKey,
        @Nullable String debounce,
        @Nullable String cancelReason,
        long cancelRetention,
        long retention,
        long worker,
        boolean large,
        boolean kept) {

    /** What {@link #readAll} reads. */
    static final String COLUMNS =
            "seq, id, queue, type, state, unique_key, debounce, cancel_reason, cancel_retention, retention,"
                    + " worker, size, kept";

    private static final String SELECT = "SELECT " + COLUMNS + " FROM task WHERE ";
    private static final String BY_ID = SELECT + "id = ?";
    private static final String BY_SEQ = SELECT + "seq = ?";
    private static final String BY_TOKEN = BY_ID + " AND state = 2 AND attempt = ? AND nonce = ?";
    private static final String BY_WORKER = SELECT + "state = 2 AND worker = ? ORDER BY ord DESC";

    static @Nullable Known byId(Transaction tx, TaskId id) throws SQLException {
        PreparedStatement select = tx.prepare(BY_ID);
        select.setString(1, id.value());
        return one(select);
    }

    static @Nullable Known bySeq(Transaction tx, long seq) throws SQLException {
        PreparedStatement select = tx.prepare(BY_SEQ);
        select.setLong(1, seq);
        return one(select);
    }

    /** The task if it is active under this very token. */
    static @Nullable Known byToken(Transaction tx, TaskId id, AttemptToken token) throws SQLException {
        PreparedStatement select = tx.prepare(BY_TOKEN);
        select.setString(1, id.value());
        select.setLong(2, token.number());
        select.setLong(3, token.nonce());
        return one(select);
    }

    /** What a worker holds, the last in line first: given back in this order, they stand as before. */
    static List<Known> byWorker(Transaction tx, long slot) throws SQLException {
        PreparedStatement select = tx.prepare(BY_WORKER);
        select.setLong(1, slot);
        return readAll(select);
    }

    /** Runs a query of {@link #COLUMNS}. */
    static List<Known> readAll(PreparedStatement select) throws SQLException {
        List<Known> all = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                all.add(read(rows));
            }
        }
        return all;
    }

    private static @Nullable Known one(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? read(row) : null;
        }
    }

    private static Known read(ResultSet row) throws SQLException {
        return new Known(
                row.getLong(1),
                TaskId.of(row.getString(2)),
                row.getString(3),
                row.getString(4),
                row.getInt(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getLong(9),
                row.getLong(10),
                row.getLong(11),
                TaskRow.isLarge(row.getInt(12)),
                row.getInt(13) != 0);
    }

    /** How long to keep it if it is cancelled with this wish; zero: its own policy's. */
    long keptFor(Duration wish) {
        return wish.isZero() ? retention : Millis.of(wish);
    }
}
