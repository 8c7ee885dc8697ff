package dev.errand.sql;

import dev.errand.TaskId;
import dev.errand.broker.AttemptToken;
import dev.errand.broker.Delivery;
import dev.errand.broker.Lease;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.TakeRequest.Demand;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Hands ready tasks to a worker, under leases, in the order of each queue. Where types are limited, the first ones of each type
 * with room are found by an index of their own and merged, so that those without room cost nothing.
 */
final class Taking {
    private static final String LEASE =
            "UPDATE task SET state = 2, attempt = attempt + 1, nonce = ?, worker = ?, lease = ?,"
                    + " started = ?, ready = NULL, reason = NULL WHERE seq IN (%s) RETURNING " + TaskRow.COLUMNS
                    + ", attempt, ord";
    /** Asked once for each statement, not for each task. */
    private static final String NOT_PAUSED =
            " AND NOT EXISTS (SELECT 1 FROM queue WHERE name = ? AND paused IS NOT NULL)";

    private static final String NEXT =
            "SELECT seq FROM task WHERE state = 1 AND queue = ?" + NOT_PAUSED + " ORDER BY priority DESC, ord LIMIT ?";
    /** The types of which tasks are ready, by one step in the index for each. */
    private static final String TYPES =
            "WITH RECURSIVE kind (type) AS (SELECT (SELECT type FROM task %1$s WHERE state = 1"
                    + " AND queue = ?" + NOT_PAUSED
                    + " ORDER BY type LIMIT 1) UNION ALL SELECT (SELECT task.type FROM task %1$s WHERE state = 1"
                    + " AND queue = ? AND task.type > kind.type ORDER BY task.type LIMIT 1) FROM kind WHERE kind.type IS NOT NULL)"
                    + " SELECT type FROM kind WHERE type IS NOT NULL";

    private static final String OF_TYPE =
            "SELECT seq, priority, ord FROM task %s WHERE state = 1 AND queue = ? AND type = ?"
                    + " ORDER BY priority DESC, ord LIMIT ?";
    private static final String LOOK = "SELECT 1 FROM task WHERE state = 1 AND queue = ?" + NOT_PAUSED + " LIMIT 1";
    private static final int ATTEMPT = 30;
    private static final int ORD = 31;

    private final String leaseNext = LEASE.formatted(NEXT);
    private final String leaseChosen;
    private final String types;
    private final String ofType;

    Taking(Dialect dialect) {
        leaseChosen = LEASE.formatted(dialect.elements());
        types = TYPES.formatted(dialect.by("task_ready_type"));
        ofType = OF_TYPE.formatted(dialect.by("task_ready_type"));
    }

    /** Who takes. */
    record Taker(long slot, long leaseMillis) {}

    private record Candidate(long seq, int priority, long place) {}

    private record Taken(Delivery delivery, long place) {}

    List<Delivery> take(Transaction tx, TakeRequest request, Taker taker) throws SQLException {
        List<Delivery> deliveries = new ArrayList<>();
        Map<String, Integer> room = new HashMap<>(request.typeRoom());
        long nonce = tx.nonce();
        for (Demand demand : request.demands()) {
            int max = Math.min(demand.max(), request.max() - deliveries.size());
            if (max <= 0) {
                continue;
            }
            if (room.isEmpty()) {
                PreparedStatement lease = lease(tx, leaseNext, taker, nonce);
                lease.setString(5, demand.queue());
                lease.setString(6, demand.queue());
                lease.setInt(7, max);
                deliveries.addAll(run(tx, lease, demand.queue(), nonce));
            } else {
                takeChosen(tx, demand.queue(), max, room, taker, nonce, deliveries);
            }
        }
        return deliveries;
    }

    private void takeChosen(
            Transaction tx,
            String queue,
            int max,
            Map<String, Integer> room,
            Taker taker,
            long nonce,
            List<Delivery> deliveries)
            throws SQLException {
        List<Candidate> candidates = new ArrayList<>();
        for (String type : types(tx.session(), queue)) {
            int limit = Math.min(max, room.getOrDefault(type, max));
            if (limit > 0) {
                addCandidates(tx, queue, type, limit, candidates);
            }
        }
        candidates.sort(Comparator.comparingInt(Candidate::priority).reversed().thenComparingLong(Candidate::place));
        List<Long> chosen = candidates.stream().limit(max).map(Candidate::seq).toList();
        if (chosen.isEmpty()) {
            return;
        }
        PreparedStatement lease = lease(tx, leaseChosen, taker, nonce);
        lease.setString(5, Json.ofNumbers(chosen));
        for (Delivery delivery : run(tx, lease, queue, nonce)) {
            room.computeIfPresent(delivery.envelope().type(), (type, left) -> left - 1);
            deliveries.add(delivery);
        }
    }

    private void addCandidates(Transaction tx, String queue, String type, int limit, List<Candidate> candidates)
            throws SQLException {
        PreparedStatement select = tx.prepare(ofType);
        select.setString(1, queue);
        select.setString(2, type);
        select.setInt(3, limit);
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                candidates.add(new Candidate(rows.getLong(1), rows.getInt(2), rows.getLong(3)));
            }
        }
    }

    private List<String> types(Session session, String queue) throws SQLException {
        PreparedStatement select = session.prepare(types);
        select.setString(1, queue);
        select.setString(2, queue);
        select.setString(3, queue);
        List<String> found = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    private static PreparedStatement lease(Transaction tx, String sql, Taker taker, long nonce) throws SQLException {
        PreparedStatement lease = tx.prepare(sql);
        lease.setLong(1, nonce);
        lease.setLong(2, taker.slot());
        lease.setLong(3, tx.now() + taker.leaseMillis());
        lease.setLong(4, tx.now());
        return lease;
    }

    private static List<Delivery> run(Transaction tx, PreparedStatement lease, String queue, long nonce)
            throws SQLException {
        List<Taken> taken = new ArrayList<>();
        try (ResultSet rows = lease.executeQuery()) {
            while (rows.next()) {
                TaskRow.Task task = TaskRow.task(rows, tx.session());
                TaskId id = task.envelope().id();
                Lease right = new Lease(id, queue, new AttemptToken(rows.getLong(ATTEMPT), nonce));
                taken.add(new Taken(new Delivery(task.envelope(), right, task.defect(), null), rows.getLong(ORD)));
            }
        }
        // The database returns what it has changed in no certain order.
        taken.sort(Comparator.<Taken>comparingInt(t -> t.delivery().envelope().priority())
                .reversed()
                .thenComparingLong(Taken::place));
        return taken.stream().map(Taken::delivery).toList();
    }

    /** Whether a take would find anything; for a reading session. */
    boolean look(Session session, TakeRequest request) throws SQLException {
        boolean someAreFull = request.typeRoom().containsValue(0);
        for (Demand demand : request.demands()) {
            boolean found = someAreFull
                    ? types(session, demand.queue()).stream()
                            .anyMatch(type -> request.typeRoom().getOrDefault(type, 1) > 0)
                    : isAnyReady(session, demand.queue());
            if (found) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAnyReady(Session session, String queue) throws SQLException {
        PreparedStatement select = session.prepare(LOOK);
        select.setString(1, queue);
        select.setString(2, queue);
        try (ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }
}
