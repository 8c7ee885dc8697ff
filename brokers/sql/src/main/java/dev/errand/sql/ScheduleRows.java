package dev.errand.sql;

import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import dev.errand.broker.Payload;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.ScheduleStore.Run;
import dev.errand.broker.ScheduleStore.Stored;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The statements about schedules and their runs. */
final class ScheduleRows {
    private static final Logger log = LoggerFactory.getLogger(ScheduleRows.class);
    private static final String COLUMNS = "name, definition, payload, content_type, payload_version, handled, due,"
            + " waiting, paused, last_task, declared, seen, version";
    private static final String ALL = "SELECT " + COLUMNS + " FROM schedule ORDER BY name";
    private static final String BY_NAME = "SELECT " + COLUMNS + " FROM schedule WHERE name = ?";
    /** By the two indexes of those that matter, which an OR would pass over. */
    private static final String DUE = "SELECT " + COLUMNS + " FROM schedule WHERE name IN"
            + " (SELECT name FROM schedule INDEXED BY schedule_due WHERE paused = 0 AND due IS NOT NULL AND due <= ?"
            + " UNION SELECT name FROM schedule INDEXED BY schedule_waiting WHERE paused = 0 AND waiting IS NOT NULL)"
            + " ORDER BY due IS NULL, due LIMIT ?";

    private static final String NEXT_DUE =
            "SELECT due FROM schedule WHERE paused = 0 AND due IS NOT NULL AND due > ? ORDER BY due LIMIT 1";
    private static final String PUT = "INSERT INTO schedule (" + COLUMNS + ")"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, payload = excluded.payload,"
            + " content_type = excluded.content_type, payload_version = excluded.payload_version,"
            + " handled = excluded.handled, due = excluded.due, waiting = excluded.waiting, paused = excluded.paused,"
            + " last_task = excluded.last_task, declared = excluded.declared, seen = excluded.seen,"
            + " version = excluded.version";
    private static final String DELETE = "DELETE FROM schedule WHERE name = ?";
    private static final String DELETE_RUNS = "DELETE FROM schedule_run WHERE schedule = ?";
    private static final String ADD_RUN =
            "INSERT INTO schedule_run (schedule, due, fired, result, task) VALUES (?, ?, ?, ?, ?)";
    private static final String TRIM_RUNS = "DELETE FROM schedule_run WHERE schedule = ? AND seq <="
            + " (SELECT seq FROM schedule_run WHERE schedule = ? ORDER BY seq DESC LIMIT 1 OFFSET "
            + ScheduleStore.MAX_RUNS + ")";
    private static final String RUNS =
            "SELECT due, fired, result, task FROM schedule_run WHERE schedule = ? ORDER BY seq DESC LIMIT ?";

    private ScheduleRows() {}

    static List<Stored> all(Session session) throws SQLException {
        return read(session.prepare(ALL));
    }

    static @Nullable Stored find(Session session, String name) throws SQLException {
        PreparedStatement select = session.prepare(BY_NAME);
        select.setString(1, name);
        List<Stored> found = read(select);
        return found.isEmpty() ? null : found.getFirst();
    }

    static List<Stored> due(Session session, Instant now, int max) throws SQLException {
        PreparedStatement select = session.prepare(DUE);
        select.setLong(1, Millis.of(now));
        select.setInt(2, max);
        return read(select);
    }

    static @Nullable Instant nextDue(Session session, Instant after) throws SQLException {
        PreparedStatement select = session.prepare(NEXT_DUE);
        select.setLong(1, Millis.of(after));
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? Instant.ofEpochMilli(row.getLong(1)) : null;
        }
    }

    private static List<Stored> read(PreparedStatement select) throws SQLException {
        List<Stored> found = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                try {
                    found.add(read(row));
                } catch (InvalidTaskException e) {
                    log.warn("A row of the table schedule is passed over: {}; delete it", e.getMessage());
                }
            }
        }
        return found;
    }

    /** Throws if not even the name can be one. */
    private static Stored read(ResultSet row) throws SQLException {
        String name = row.getString(1);
        Instant due = Millis.instant(Columns.number(row, 7));
        long version = row.getLong(13);
        try {
            return new Stored(
                    name,
                    row.getString(2),
                    new Payload(row.getBytes(3), row.getString(4), row.getInt(5)),
                    Instant.ofEpochMilli(row.getLong(6)),
                    due,
                    Json.toTimes(row.getString(8)),
                    row.getInt(9) != 0,
                    task(row.getString(10)),
                    row.getString(11),
                    Millis.instant(Columns.number(row, 12)),
                    version);
        } catch (RuntimeException e) {
            return Stored.damaged(name, due, e.getMessage(), version);
        }
    }

    private static @Nullable TaskId task(@Nullable String id) {
        return id == null ? null : TaskId.of(id);
    }

    /** Stores it with a version that no schedule ever had. */
    static void put(Transaction tx, Stored next) throws SQLException {
        PreparedStatement put = tx.prepare(PUT);
        put.setString(1, next.name());
        put.setString(2, next.definition());
        put.setBytes(3, next.payload().bytes());
        put.setString(4, next.payload().contentType());
        put.setInt(5, next.payload().version());
        put.setLong(6, Millis.of(next.handled()));
        Columns.set(put, 7, Millis.ofNullable(next.due()));
        put.setString(8, Json.ofTimes(next.waiting()));
        put.setInt(9, next.paused() ? 1 : 0);
        put.setString(10, next.lastTask() == null ? null : next.lastTask().value());
        put.setString(11, next.declared());
        Columns.set(put, 12, Millis.ofNullable(next.seen()));
        put.setLong(13, tx.places(1));
        put.executeUpdate();
    }

    static boolean delete(Transaction tx, String name) throws SQLException {
        PreparedStatement runs = tx.prepare(DELETE_RUNS);
        runs.setString(1, name);
        runs.executeUpdate();
        PreparedStatement delete = tx.prepare(DELETE);
        delete.setString(1, name);
        return delete.executeUpdate() > 0;
    }

    static void addRun(Transaction tx, String schedule, Run run) throws SQLException {
        PreparedStatement add = tx.prepare(ADD_RUN);
        add.setString(1, schedule);
        add.setLong(2, Millis.of(run.due()));
        add.setLong(3, Millis.of(run.fired()));
        add.setString(4, run.result().name());
        add.setString(5, run.task() == null ? null : run.task().value());
        add.executeUpdate();
    }

    static void trimRuns(Transaction tx, String schedule) throws SQLException {
        PreparedStatement trim = tx.prepare(TRIM_RUNS);
        trim.setString(1, schedule);
        trim.setString(2, schedule);
        trim.executeUpdate();
    }

    static List<Run> runs(Session session, String schedule, int limit) throws SQLException {
        PreparedStatement select = session.prepare(RUNS);
        select.setString(1, schedule);
        select.setInt(2, limit);
        List<Run> runs = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                runs.add(new Run(
                        Instant.ofEpochMilli(row.getLong(1)),
                        Instant.ofEpochMilli(row.getLong(2)),
                        ScheduleStore.Result.valueOf(row.getString(3)),
                        task(row.getString(4))));
            }
        }
        return runs;
    }
}
