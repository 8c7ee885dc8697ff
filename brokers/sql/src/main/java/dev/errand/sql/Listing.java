package dev.errand.sql;

import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Page;
import dev.errand.broker.TaskFilter;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds and lists tasks. A page is found in two ways: by a walk over a bounded number of the newest rows, which is enough
 * where what is asked for is common; and else by the index of each state, which is fast where it is rare.
 */
final class Listing {
    private static final int WALK = 10_000;
    private static final String CURSOR = "before-";
    private static final int MAX_LIMIT = 1_000;
    private static final String FIND = "SELECT " + TaskRow.INFO_COLUMNS + " FROM task WHERE id = ?";

    private final Dialect dialect;
    private final String bySeq;

    Listing(Dialect dialect) {
        this.dialect = dialect;
        this.bySeq = "SELECT " + TaskRow.INFO_COLUMNS + " FROM task WHERE seq IN (" + dialect.elements()
                + ") ORDER BY seq DESC";
    }

    Optional<TaskInfo> find(Session session, TaskId id) throws SQLException {
        PreparedStatement select = session.prepare(FIND);
        select.setString(1, id.value());
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(TaskRow.info(row, session)) : Optional.empty();
        }
    }

    Page<TaskInfo> list(Session session, TaskFilter filter, Optional<String> cursor, int limit) throws SQLException {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidTaskException("The limit " + limit + " of a page is not between 1 and " + MAX_LIMIT);
        }
        long before = cursor.map(Listing::parse).orElse(Long.MAX_VALUE);
        List<Long> found = walk(session, filter, before, limit + 1);
        if (found.size() <= limit) {
            found = byIndex(session, filter, before, limit + 1);
        }
        boolean more = found.size() > limit;
        List<TaskInfo> items = fetch(session, more ? found.subList(0, limit) : found);
        return new Page<>(items, more ? Optional.of(CURSOR + found.get(limit - 1)) : Optional.empty());
    }

    private static long parse(String cursor) {
        String number = cursor.startsWith(CURSOR) ? cursor.substring(CURSOR.length()) : "";
        if (!number.matches("\\d{1,18}")) {
            String shown = cursor.length() > 40 ? cursor.substring(0, 40) + "…" : cursor;
            throw new InvalidTaskException("The cursor '" + shown
                    + "' is not one that this broker gave; list from the start, without a cursor");
        }
        return Long.parseLong(number);
    }

    private List<Long> walk(Session session, TaskFilter filter, long before, int limit) throws SQLException {
        String sql = "SELECT seq FROM (SELECT seq, state, queue, type FROM task WHERE seq < ? ORDER BY seq DESC LIMIT "
                + WALK + ") WHERE state IN (" + dialect.elements() + ")" + conditions(filter)
                + " ORDER BY seq DESC LIMIT ?";
        PreparedStatement select = session.prepare(sql);
        select.setLong(1, before);
        select.setString(2, Json.ofNumbers(codes(filter)));
        return seqs(select, filter, 3, limit);
    }

    private List<Long> byIndex(Session session, TaskFilter filter, long before, int limit) throws SQLException {
        List<Long> all = new ArrayList<>();
        for (TaskState state : states(filter)) {
            String sql = "SELECT seq FROM " + inState(state, filter.type().isPresent()) + " AND seq < ?"
                    + conditions(filter) + " ORDER BY seq DESC LIMIT ?";
            PreparedStatement select = session.prepare(sql);
            select.setLong(1, before);
            all.addAll(seqs(select, filter, 2, limit));
        }
        all.sort(Comparator.reverseOrder());
        return all.size() > limit ? all.subList(0, limit) : all;
    }

    /** The ids of what matches, oldest first. */
    List<TaskId> oldest(Session session, TaskFilter filter, TaskState state, int limit) throws SQLException {
        String sql = "SELECT id FROM " + inState(state, filter.type().isPresent()) + conditions(filter)
                + " ORDER BY seq LIMIT ?";
        PreparedStatement select = session.prepare(sql);
        int next = bind(select, filter, 1);
        select.setInt(next, limit);
        List<TaskId> ids = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                ids.add(TaskId.of(row.getString(1)));
            }
        }
        return ids;
    }

    /** The table by the index of a state, and the condition that makes it usable; {@code byType} if a type is asked for too. */
    String inState(TaskState state, boolean byType) {
        int code = State.of(state);
        return switch (state) {
            case PENDING -> "task " + dialect.by(byType ? "task_ready_type" : "task_ready") + " WHERE state = 1";
            case ACTIVE -> "task " + dialect.by("task_active") + " WHERE state = 2";
            case SCHEDULED, WAITING, RETRY, COMPLETED, DEAD, CANCELLED ->
                "task " + dialect.by("task_shelf") + " WHERE state > 2 AND state = " + code;
        };
    }

    private static List<Long> codes(TaskFilter filter) {
        return states(filter).stream().map(state -> (long) State.of(state)).toList();
    }

    private static Set<TaskState> states(TaskFilter filter) {
        return filter.states().isEmpty() ? EnumSet.allOf(TaskState.class) : filter.states();
    }

    private static String conditions(TaskFilter filter) {
        return (filter.queue().isPresent() ? " AND queue = ?" : "")
                + (filter.type().isPresent() ? " AND type = ?" : "");
    }

    private static int bind(PreparedStatement select, TaskFilter filter, int first) throws SQLException {
        int next = first;
        if (filter.queue().isPresent()) {
            select.setString(next++, filter.queue().get());
        }
        if (filter.type().isPresent()) {
            select.setString(next++, filter.type().get());
        }
        return next;
    }

    private static List<Long> seqs(PreparedStatement select, TaskFilter filter, int first, int limit)
            throws SQLException {
        int next = bind(select, filter, first);
        select.setInt(next, limit);
        List<Long> found = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.add(row.getLong(1));
            }
        }
        return found;
    }

    private List<TaskInfo> fetch(Session session, List<Long> seqs) throws SQLException {
        if (seqs.isEmpty()) {
            return List.of();
        }
        PreparedStatement select = session.prepare(bySeq);
        select.setString(1, Json.ofNumbers(seqs));
        List<TaskInfo> items = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                items.add(TaskRow.info(row, session));
            }
        }
        return items;
    }
}
