package dev.errand.sql;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.broker.Envelope;
import dev.errand.broker.TaskEdit;
import dev.errand.broker.TaskStore.EditAnswer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Puts another envelope into the place of a task that waits. */
final class Rewriting {
    private static final String BY_ID = "SELECT " + TaskRow.INFO_COLUMNS + " FROM task WHERE id = ?";
    private static final String REWRITE = "UPDATE task SET state = ?, due = ?, ready = ?, ord = coalesce(?, ord),"
            + " reason = ?, queue = ?, priority = ?, deadline = ?, max_attempts = ?, timeout = ?, explicit = ?,"
            + " content_type = ?, version = ?, size = ?, payload = ? WHERE seq = ?";
    /** What an enqueue that replaces the task brings besides. */
    private static final String RENEW = "UPDATE task SET not_before = ?, retention = ?, partition_key = ?, parent = ?,"
            + " workflow = ?, headers = ?, extensions = ?, attempts = ?, crashes = ?, reason = NULL, kept = 0 WHERE seq = ?";

    private static final String DELETE_LARGE = "DELETE FROM large_payload WHERE seq = ?";

    private final Queues queues;

    Rewriting(Queues queues) {
        this.queues = queues;
    }

    /** A task as it is stored. */
    record Stored(long seq, TaskInfo info) {
        /** Whether it waits for its time or for a worker. */
        boolean waits() {
            return switch (info.state()) {
                case SCHEDULED, PENDING, RETRY -> true;
                case WAITING, ACTIVE, COMPLETED, DEAD, CANCELLED -> false;
            };
        }
    }

    EditAnswer edit(Transaction tx, TaskId id, TaskEdit edit) throws SQLException {
        PreparedStatement select = tx.prepare(BY_ID);
        select.setString(1, id.value());
        Stored stored = one(tx, select);
        if (stored == null) {
            return EditAnswer.UNKNOWN;
        }
        if (!stored.waits()) {
            return EditAnswer.NOT_WAITING;
        }
        Long due = Millis.ofNullable(edit.due() == null ? stored.info().due() : edit.due());
        boolean isPast = edit.due() != null && due != null && due <= tx.now();
        rewrite(tx, stored, edit.applyTo(stored.info().envelope()), isPast ? null : due, null);
        return EditAnswer.EDITED;
    }

    /** Another enqueue's task takes its place, with everything that is its own; {@code place} is that one's in line. */
    void replace(Transaction tx, Stored stored, Envelope next, @Nullable Long due, long place) throws SQLException {
        rewrite(tx, stored, next, due, place);
        if (stored.info().started() != null) {
            SqlRecords.drop(tx, stored.seq());
        }
        PreparedStatement update = tx.prepare(RENEW);
        Columns.set(update, 1, Millis.ofNullable(next.notBefore()));
        update.setLong(2, Millis.of(next.policy().retention()));
        update.setString(3, next.partitionKey());
        update.setString(4, next.parent() == null ? null : next.parent().value());
        update.setString(5, next.workflow());
        update.setString(6, Json.ofMap(next.headers()));
        update.setString(7, Json.ofMap(next.extensions()));
        update.setInt(8, next.history().attempts());
        update.setInt(9, next.history().crashes());
        update.setLong(10, stored.seq());
        update.executeUpdate();
    }

    static @Nullable Stored one(Transaction tx, PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? new Stored(row.getLong(1), TaskRow.info(row, tx.session())) : null;
        }
    }

    /** The task waits until {@code due}; null: it is ready, in line at {@code place}, or at the end. */
    private void rewrite(Transaction tx, Stored stored, Envelope next, @Nullable Long due, @Nullable Long place)
            throws SQLException {
        TaskInfo info = stored.info();
        Instant ready = info.ready();
        boolean stays = ready != null
                && info.queue().equals(next.queue())
                && info.envelope().priority() == next.priority();
        PreparedStatement update = tx.prepare(REWRITE);
        if (due != null) {
            update.setInt(1, info.started() == null ? State.SCHEDULED : State.RETRY);
            update.setLong(2, due);
            Columns.set(update, 3, null);
            Columns.set(update, 4, null);
            update.setString(5, info.reason());
            tx.changes().due();
        } else {
            update.setInt(1, State.PENDING);
            Columns.set(update, 2, null);
            update.setLong(3, stays && ready != null ? Millis.of(ready) : tx.now());
            Columns.set(update, 4, stays ? null : place == null ? (Long) tx.places(1) : place);
            update.setString(5, stays ? info.reason() : null);
            tx.changes().ready(next.queue());
        }
        bind(update, next, stored.seq());
        update.executeUpdate();
        if (!next.payload().equals(info.envelope().payload())) {
            replaceLarge(tx, stored, next);
        }
        queues.know(tx, next.queue());
    }

    private static void bind(PreparedStatement update, Envelope next, long seq) throws SQLException {
        int size = next.payload().size();
        update.setString(6, next.queue());
        update.setInt(7, next.priority());
        Columns.set(update, 8, Millis.ofNullable(next.deadline()));
        update.setInt(9, next.policy().maxAttempts());
        update.setLong(10, Millis.of(next.policy().timeout()));
        update.setInt(11, TaskRow.bits(next.policy().explicit()));
        update.setString(12, next.payload().contentType());
        update.setInt(13, next.payload().version());
        update.setInt(14, size);
        update.setBytes(15, TaskRow.isLarge(size) ? null : next.payload().bytes());
        update.setLong(16, seq);
    }

    private static void replaceLarge(Transaction tx, Stored stored, Envelope next) throws SQLException {
        if (TaskRow.isLarge(stored.info().envelope().payload().size())) {
            PreparedStatement delete = tx.prepare(DELETE_LARGE);
            delete.setLong(1, stored.seq());
            delete.executeUpdate();
        }
        Enqueueing.storeLarge(tx, stored.seq(), next.payload());
    }
}
