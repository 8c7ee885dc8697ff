package dev.errand.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.random.RandomGenerator;

/**
 * One write transaction, shared by the calls of a batch; the writer thread's alone. All of them see the same {@link #now()}.
 */
final class Transaction {
    private static final String READ_COUNTER = "SELECT line, slot, front FROM counter WHERE one = 1";
    private static final String WRITE_COUNTER = "UPDATE counter SET line = ?, slot = ?, front = ? WHERE one = 1";

    private final Session session;
    private final long now;
    private final RandomGenerator random;
    private final Changes changes = new Changes();
    private final NewRows newRows;
    private boolean counterRead;
    private boolean counterChanged;
    private long line;
    private long slot;
    private long front;

    Transaction(Session session, long now, RandomGenerator random) {
        this.session = session;
        this.now = now;
        this.random = random;
        this.newRows = new NewRows(session, now);
    }

    /** What has been held back is stored first, so that whoever asks sees it. */
    Session session() throws SQLException {
        newRows.store();
        return session;
    }

    /** The same for a statement. */
    PreparedStatement prepare(String sql) throws SQLException {
        return session().prepare(sql);
    }

    /** Where new tasks without anything special are held back, to be stored together. */
    NewRows newRows() {
        return newRows;
    }

    /** The time of this transaction. */
    long now() {
        return now;
    }

    long nonce() {
        return random.nextLong();
    }

    Changes changes() {
        return changes;
    }

    /** The next place at the end of the line; the first of {@code count}. */
    long places(int count) throws SQLException {
        readCounter();
        long first = line + 1;
        line += count;
        counterChanged = true;
        return first;
    }

    /** The place before all others; 0 or less. */
    long placeInFront() throws SQLException {
        readCounter();
        front--;
        counterChanged = true;
        return front;
    }

    /** A slot that was never used before. */
    long newSlot() throws SQLException {
        readCounter();
        slot++;
        counterChanged = true;
        return slot;
    }

    private void readCounter() throws SQLException {
        if (counterRead) {
            return;
        }
        try (ResultSet row = session.prepare(READ_COUNTER).executeQuery()) {
            if (!row.next()) {
                throw new SQLException("the table counter is empty");
            }
            line = row.getLong(1);
            slot = row.getLong(2);
            front = row.getLong(3);
            counterRead = true;
        }
    }

    /** Writes what was held back; before the commit. */
    void finish() throws SQLException {
        newRows.store();
        if (counterChanged) {
            PreparedStatement update = session.prepare(WRITE_COUNTER);
            update.setLong(1, line);
            update.setLong(2, slot);
            update.setLong(3, front);
            update.executeUpdate();
        }
    }
}
