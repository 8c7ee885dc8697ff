package dev.errand.sql;

import dev.errand.TaskId;
import dev.errand.broker.Debounce;
import dev.errand.broker.Envelope;
import dev.errand.broker.Payload;
import dev.errand.broker.Receipt;
import dev.errand.broker.UniqueKey;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stores new tasks: the id decides first, then the unique key. Those with nothing special about them go by {@link NewRows}. */
final class Enqueueing {
    static final String BY_ID = "SELECT " + TaskRow.COLUMNS + " FROM task WHERE id = ?";
    private static final String LARGE = "INSERT INTO large_payload (seq, bytes) VALUES (?, ?)";
    private static final String FIRST_DUE = "SELECT due FROM task WHERE due IS NOT NULL ORDER BY due LIMIT 1";

    private final Queues queues;
    private final Debouncing debouncing;

    Enqueueing(Queues queues, Debouncing debouncing) {
        this.queues = queues;
        this.debouncing = debouncing;
    }

    /** The answers may still change, to a duplicate, until the transaction runs another statement or ends. */
    List<Receipt> enqueue(Transaction tx, List<Envelope> tasks) throws SQLException {
        List<Receipt> receipts = new ArrayList<>(tasks.size());
        long firstDue = anyDue(tx, tasks) ? firstDue(tx) : Long.MIN_VALUE;
        long place = tx.places(tasks.size());
        for (Envelope task : tasks) {
            if (NewRows.suits(task)) {
                tx.newRows().add(task, place, receipts);
                queues.know(tx, task.queue());
                tx.changes().ready(task.queue());
                place++;
                continue;
            }
            Receipt receipt = task.unique() == null ? null : duplicate(tx, task, task.unique());
            if (task.debounce() != null) {
                receipt = replaced(tx, task, task.debounce(), place);
            }
            if (receipt == null) {
                Long due = due(tx, task);
                receipt = insert(tx, task, place, due);
                if (due != null && due < firstDue) {
                    tx.changes().due();
                }
            }
            receipts.add(receipt);
            place++;
        }
        return receipts;
    }

    private static boolean anyDue(Transaction tx, List<Envelope> tasks) {
        return tasks.stream().anyMatch(task -> due(tx, task) != null);
    }

    /** When the task falls due; null if it is ready at once. */
    private static @Nullable Long due(Transaction tx, Envelope task) {
        if (task.notBefore() == null) {
            return null;
        }
        long due = Millis.of(task.notBefore());
        return due > tx.now() ? (Long) due : null;
    }

    /** When the first of the stored tasks falls due. */
    private static long firstDue(Transaction tx) throws SQLException {
        try (ResultSet row = tx.prepare(FIRST_DUE).executeQuery()) {
            return row.next() ? row.getLong(1) : Long.MAX_VALUE;
        }
    }

    private static @Nullable Receipt duplicate(Transaction tx, Envelope task, UniqueKey unique) throws SQLException {
        Receipt byId = byId(tx, task);
        if (byId != null) {
            return byId;
        }
        String holder = UniqueKeys.take(tx, task.type(), unique, task.id(), tx.now());
        return holder == null ? null : new Receipt.Duplicate(TaskId.of(holder));
    }

    private @Nullable Receipt replaced(Transaction tx, Envelope task, Debounce debounce, long place)
            throws SQLException {
        Receipt byId = byId(tx, task);
        return byId != null ? byId : debouncing.replace(tx, task, debounce, place);
    }

    private static @Nullable Receipt byId(Transaction tx, Envelope task) throws SQLException {
        PreparedStatement select = tx.prepare(BY_ID);
        select.setString(1, task.id().value());
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return null;
            }
            Envelope stored = TaskRow.task(row, tx.session()).envelope();
            return task.isRepeatOf(stored) ? new Receipt.Stored() : new Receipt.Duplicate(stored.id());
        }
    }

    /** Stores a payload apart from its task, if it is too large to be beside it. */
    static void storeLarge(Transaction tx, long seq, Payload payload) throws SQLException {
        if (TaskRow.isLarge(payload.size())) {
            PreparedStatement large = tx.prepare(LARGE);
            large.setLong(1, seq);
            large.setBytes(2, payload.bytes());
            large.executeUpdate();
        }
    }

    private Receipt insert(Transaction tx, Envelope task, long place, @Nullable Long due) throws SQLException {
        PreparedStatement insert = tx.prepare(TaskRow.INSERT);
        int state = due == null ? State.PENDING : State.SCHEDULED;
        TaskRow.bind(insert, task, place, state, due, due == null ? (Long) tx.now() : null, place);
        if (insert.executeUpdate() == 0) {
            Receipt existing = byId(tx, task);
            if (existing == null) {
                throw new SQLException("the task " + task.id() + " was neither stored nor found");
            }
            return existing;
        }
        storeLarge(tx, place, task.payload());
        if (task.debounce() != null) {
            Debouncing.start(tx, place, task.type(), task.debounce());
        }
        queues.know(tx, task.queue());
        if (due == null) {
            tx.changes().ready(task.queue());
        }
        return new Receipt.Stored();
    }
}
