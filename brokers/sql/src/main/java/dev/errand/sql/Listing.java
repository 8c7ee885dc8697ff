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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds and lists tasks. A page is found in two ways: by a walk over a bounded number of the newest rows, which is enough
 * where what is asked for is common; and else by the index of each state, which is fast where it is rare. Where a filter looks
 * inside the tasks, these ways find candidates, of which a bounded number is looked at for each page.
 */
final class Listing {
    private static final int WALK = 10_000;
    private static final String CURSOR = "before-";
    private static final int MAX_LIMIT = 1_000;
    /** How many candidates are looked into at once, and how often for one page. */
    private static final int CANDIDATES = 4_000;

    private static final int ROUNDS = 4;
    /** As {@link TaskFilter#errorText} writes it. */
    private static final String ERROR = "CASE WHEN json_valid(errors) THEN json_extract(errors, '$[#-1].error') || ': '"
            + " || json_extract(errors, '$[#-1].message') ELSE '' END";

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
        if (filter.looksInside()) {
            return listInside(session, filter, before, limit);
        }
        List<Long> found = newest(session, filter, before, limit + 1);
        boolean more = found.size() > limit;
        List<TaskInfo> items = fetch(session, more ? found.subList(0, limit) : found);
        return new Page<>(items, more ? Optional.of(CURSOR + found.get(limit - 1)) : Optional.empty());
    }

    private Page<TaskInfo> listInside(Session session, TaskFilter filter, long from, int limit) throws SQLException {
        List<Long> found = new ArrayList<>();
        long before = from;
        boolean more = true;
        for (int round = 0; round < ROUNDS && more && found.size() < limit; round++) {
            List<Long> candidates = newest(session, filter, before, CANDIDATES);
            found.addAll(inside(session, filter, candidates));
            more = candidates.size() == CANDIDATES;
            before = candidates.isEmpty() ? before : candidates.getLast();
        }
        if (found.size() > limit) {
            return new Page<>(fetch(session, found.subList(0, limit)), Optional.of(CURSOR + found.get(limit - 1)));
        }
        return new Page<>(fetch(session, found), more ? Optional.of(CURSOR + before) : Optional.empty());
    }

    private List<Long> newest(Session session, TaskFilter filter, long before, int limit) throws SQLException {
        List<Long> found = walk(session, filter, before, limit);
        return found.size() < limit ? byIndex(session, filter, before, limit) : found;
    }

    /** Those of the tasks that the filter means, looking inside; in the same order. */
    private List<Long> inside(Session session, TaskFilter filter, List<Long> candidates) throws SQLException {
        if (candidates.isEmpty() || !filter.looksInside()) {
            return candidates;
        }
        List<String> conditions = new ArrayList<>();
        List<Long> times = new ArrayList<>();
        addTime(conditions, times, "created >= ?", filter.createdFrom());
        addTime(conditions, times, "created < ?", filter.createdBefore());
        addTime(conditions, times, "ended >= ?", filter.endedFrom());
        addTime(conditions, times, "ended < ?", filter.endedBefore());
        if (filter.errorContains().isPresent()) {
            conditions.add("(instr(reason, ?) > 0 OR instr(" + ERROR + ", ?) > 0)");
        }
        PreparedStatement select = session.prepare("SELECT seq FROM task WHERE seq IN (" + dialect.elements() + ") AND "
                + String.join(" AND ", conditions));
        select.setString(1, Json.ofNumbers(candidates));
        int next = 2;
        for (long time : times) {
            select.setLong(next++, time);
        }
        if (filter.errorContains().isPresent()) {
            select.setString(next++, filter.errorContains().get());
            select.setString(next, filter.errorContains().get());
        }
        Set<Long> found = new HashSet<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.add(row.getLong(1));
            }
        }
        return candidates.stream().filter(found::contains).toList();
    }

    private static void addTime(List<String> conditions, List<Long> times, String condition, Optional<Instant> time) {
        if (time.isPresent()) {
            conditions.add(condition);
            times.add(Millis.of(time.get()));
        }
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

    /**
     * Some of what matches, oldest first.
     *
     * @param last the newest that was looked at; the next part comes after it
     * @param isLast whether there is nothing after it
     */
    record Part(List<Long> seqs, long last, boolean isLast) {}

    /** Those in one state that match and come after {@code after}, from a bounded number of candidates. */
    Part oldest(Session session, TaskFilter filter, TaskState state, long after) throws SQLException {
        String sql = "SELECT seq FROM " + inState(state, filter.type().isPresent()) + " AND seq > ?"
                + conditions(filter) + " ORDER BY seq LIMIT ?";
        PreparedStatement select = session.prepare(sql);
        select.setLong(1, after);
        List<Long> candidates = seqs(select, filter, 2, CANDIDATES);
        long last = candidates.isEmpty() ? after : candidates.getLast();
        return new Part(inside(session, filter, candidates), last, candidates.size() < CANDIDATES);
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
