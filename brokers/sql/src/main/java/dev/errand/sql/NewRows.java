package dev.errand.sql;

import dev.errand.TaskId;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Policy;
import dev.errand.broker.Receipt;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The new tasks of a transaction that are ready at once and have nothing special about them: held back until the transaction
 * does anything else, whoever's calls they came with, and then stored by statements of many rows. A statement of one row costs
 * about twice as much for each task.
 *
 * <p>Each task is answered by {@link Receipt.Stored} when it is added; the few whose ids turn out to be there already get
 * another answer in its place when they are stored.
 */
final class NewRows {
    /** Powers of two up to this: few statements to keep, few rows that are stored alone. */
    private static final int MOST = 64;

    private static final int SHARED_PARAMETERS = 10;
    private static final int ROW_PARAMETERS = 4;
    private static final List<String> INSERTS = inserts();
    private static final Receipt STORED = new Receipt.Stored();

    /** What the rows of one statement have in common. */
    private record Kind(String type, String queue, int priority, Policy policy, String contentType, int version) {
        static Kind of(Envelope task) {
            return new Kind(
                    task.type(),
                    task.queue(),
                    task.priority(),
                    task.policy(),
                    task.payload().contentType(),
                    task.payload().version());
        }
    }

    /** One task, and where its answer is. */
    private record Row(Envelope task, long seq, List<Receipt> receipts, int index) {}

    private final Session session;
    private final long now;
    private final Map<Kind, List<Row>> rows = new LinkedHashMap<>();
    private final Set<TaskId> ids = new HashSet<>();
    private @Nullable Kind newestKind;
    private List<Row> newestRows = List.of();

    private static List<String> inserts() {
        List<String> all = new ArrayList<>();
        for (int count = 1; count <= MOST; count *= 2) {
            all.add(TaskRow.insertPlain(count, SHARED_PARAMETERS, ROW_PARAMETERS));
        }
        return List.copyOf(all);
    }

    NewRows(Session session, long now) {
        this.session = session;
        this.now = now;
    }

    /** Whether it can be stored so. */
    static boolean suits(Envelope task) {
        return task.notBefore() == null
                && task.deadline() == null
                && task.unique() == null
                && task.debounce() == null
                && task.partitionKey() == null
                && task.parent() == null
                && task.workflow() == null
                && task.headers().isEmpty()
                && task.extensions().isEmpty()
                && task.history().equals(History.NONE)
                && !TaskRow.isLarge(task.payload().size());
    }

    /** Adds a task, and its answer at the end of {@code receipts}. */
    void add(Envelope task, long seq, List<Receipt> receipts) throws SQLException {
        if (!ids.add(task.id())) {
            store(); // the one before it is there first
            ids.add(task.id());
        }
        Kind kind = Kind.of(task);
        if (!kind.equals(newestKind)) {
            newestKind = kind;
            newestRows = rows.computeIfAbsent(kind, k -> new ArrayList<>());
        }
        newestRows.add(new Row(task, seq, receipts, receipts.size()));
        receipts.add(STORED);
    }

    /** Stores what has been added since the last time. */
    void store() throws SQLException {
        if (ids.isEmpty()) {
            return;
        }
        Map<Kind, List<Row>> all = new LinkedHashMap<>(rows);
        rows.clear();
        ids.clear();
        newestKind = null;
        for (Map.Entry<Kind, List<Row>> entry : all.entrySet()) {
            List<Row> left = entry.getValue();
            while (!left.isEmpty()) {
                int count = Math.min(MOST, Integer.highestOneBit(left.size()));
                insert(entry.getKey(), left.subList(0, count));
                left = left.subList(count, left.size());
            }
        }
    }

    private void insert(Kind kind, List<Row> some) throws SQLException {
        PreparedStatement insert = session.prepare(INSERTS.get(Integer.numberOfTrailingZeros(some.size())));
        insert.setString(1, kind.type);
        insert.setString(2, kind.queue);
        insert.setInt(3, kind.priority);
        insert.setInt(4, kind.policy.maxAttempts());
        insert.setLong(5, Millis.of(kind.policy.timeout()));
        insert.setLong(6, Millis.of(kind.policy.retention()));
        insert.setInt(7, TaskRow.bits(kind.policy.explicit()));
        insert.setString(8, kind.contentType);
        insert.setInt(9, kind.version);
        insert.setLong(10, now);
        int parameter = SHARED_PARAMETERS + 1;
        for (Row row : some) {
            insert.setLong(parameter, row.seq);
            insert.setString(parameter + 1, row.task.id().value());
            insert.setLong(parameter + 2, Millis.of(row.task.created()));
            insert.setBytes(parameter + 3, row.task.payload().bytes());
            parameter += ROW_PARAMETERS;
        }
        if (insert.executeUpdate() != some.size()) {
            answerAnew(some);
        }
    }

    /** Some ids were there already: either from an earlier try of the same enqueue, or they are another task's. */
    private void answerAnew(List<Row> some) throws SQLException {
        PreparedStatement select = session.prepare(Enqueueing.BY_ID);
        for (Row row : some) {
            select.setString(1, row.task.id().value());
            try (ResultSet found = select.executeQuery()) {
                if (!found.next()) {
                    throw new SQLException("the task " + row.task.id() + " was neither stored nor found");
                }
                TaskRow.Task there = TaskRow.task(found, session);
                if (there.seq() != row.seq && !row.task.isRepeatOf(there.envelope())) {
                    row.receipts.set(
                            row.index, new Receipt.Duplicate(there.envelope().id()));
                }
            }
        }
    }
}
