package dev.errand.sql;

import dev.errand.broker.Upkeep;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Makes due tasks ready, in the order in which they fall due. */
final class Promoting {
    private static final String COUNT = "SELECT count(*) FROM (SELECT 1 FROM task WHERE due <= ? LIMIT ?)";
    private static final String PROMOTE =
            "UPDATE task SET state = 1, ready = ?, due = NULL, reason = NULL, ord = ? + line.place"
                    + " FROM (SELECT seq AS one, row_number() OVER (ORDER BY due, seq) - 1 AS place"
                    + " FROM (SELECT seq, due FROM task WHERE due <= ? ORDER BY due, seq LIMIT ?)) AS line"
                    + " WHERE task.seq = line.one RETURNING queue";
    private static final String NEXT = "SELECT due FROM task WHERE due IS NOT NULL ORDER BY due LIMIT 1";

    private Promoting() {}

    static Upkeep.Due promote(Transaction tx, int max) throws SQLException {
        int count = count(tx, max);
        if (count > 0) {
            PreparedStatement update = tx.prepare(PROMOTE);
            update.setLong(1, tx.now());
            update.setLong(2, tx.places(count));
            update.setLong(3, tx.now());
            update.setInt(4, count);
            try (ResultSet rows = update.executeQuery()) {
                while (rows.next()) {
                    tx.changes().ready(rows.getString(1));
                }
            }
        }
        return new Upkeep.Due(count, next(tx.session()));
    }

    private static int count(Transaction tx, int max) throws SQLException {
        PreparedStatement select = tx.prepare(COUNT);
        select.setLong(1, tx.now());
        select.setInt(2, max);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    /** When the next task falls due; may be past. */
    static Optional<java.time.Instant> next(Session session) throws SQLException {
        try (ResultSet row = session.prepare(NEXT).executeQuery()) {
            return row.next() ? Optional.of(java.time.Instant.ofEpochMilli(row.getLong(1))) : Optional.empty();
        }
    }
}
