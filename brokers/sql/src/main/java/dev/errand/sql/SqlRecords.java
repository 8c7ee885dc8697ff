package dev.errand.sql;

import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import dev.errand.broker.Lease;
import dev.errand.broker.Payload;
import dev.errand.broker.Settled;
import dev.errand.broker.TaskRecords;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Steps, progress and log lines, in tables of their own; a mark on the task says that there are any. */
final class SqlRecords implements TaskRecords {
    private static final int NOTES_PER_CALL = 256;
    private static final Settled DONE = new Settled.Done();
    private static final Settled STALE = new Settled.Stale();

    private static final String MARK = "UPDATE task SET kept = 1 WHERE seq = ?";
    private static final String ADD_STEP = "INSERT INTO step (seq, name, content_type, version, result)"
            + " SELECT ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM step WHERE seq = ?) < " + MAX_STEPS
            + " ON CONFLICT (seq, name) DO NOTHING";
    private static final String HAS_STEP = "SELECT 1 FROM step WHERE seq = ? AND name = ?";
    private static final String PUT_PROGRESS = "INSERT INTO progress (seq, fraction, text, at) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (seq) DO UPDATE SET fraction = excluded.fraction, text = excluded.text, at = excluded.at";
    private static final String ADD_LINE = "INSERT INTO task_line (seq, run, number, at, attempt, text)"
            + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (seq, run, number) DO NOTHING";
    private static final String TRIM_LINES = "DELETE FROM task_line WHERE seq = ? AND (run, number) <="
            + " (SELECT run, number FROM task_line WHERE seq = ? ORDER BY run DESC, number DESC LIMIT 1 OFFSET "
            + MAX_LINES + ")";
    private static final String STEPS = "SELECT name, content_type, version, result FROM step"
            + " WHERE seq = (SELECT seq FROM task WHERE id = ?) ORDER BY rowid";
    private static final String STEP_NAMES =
            "SELECT name FROM step WHERE seq = (SELECT seq FROM task WHERE id = ?) ORDER BY rowid";
    private static final String PROGRESS =
            "SELECT fraction, text, at FROM progress WHERE seq = (SELECT seq FROM task WHERE id = ?)";
    private static final String LINES = "SELECT at, attempt, text FROM task_line"
            + " WHERE seq = (SELECT seq FROM task WHERE id = ?) ORDER BY run, number";

    private static final List<String> DROP = List.of(
            "DELETE FROM step WHERE seq = ?",
            "DELETE FROM progress WHERE seq = ?",
            "DELETE FROM task_line WHERE seq = ?");

    private final SqlBroker broker;

    SqlRecords(SqlBroker broker) {
        this.broker = broker;
    }

    @Override
    public List<Settled> write(List<Note> notes) {
        return broker.inParts(notes, NOTES_PER_CALL, SqlRecords::write);
    }

    private static List<Settled> write(Transaction tx, List<Note> notes) throws SQLException {
        Map<Lease, Optional<Known>> tasks = new HashMap<>();
        List<Settled> answers = new ArrayList<>(notes.size());
        Map<Long, Boolean> logged = new LinkedHashMap<>();
        for (Note note : notes) {
            Optional<Known> task = tasks.get(note.lease());
            if (task == null) {
                task = Optional.ofNullable(
                        Known.byToken(tx, note.lease().task(), note.lease().token()));
                mark(tx, task.orElse(null));
                tasks.put(note.lease(), task);
            }
            answers.add(task.isEmpty() ? STALE : write(tx, task.get().seq(), note));
            if (note instanceof Note.Logged) {
                task.ifPresent(known -> logged.put(known.seq(), true));
            }
        }
        for (long seq : logged.keySet()) {
            PreparedStatement trim = tx.prepare(TRIM_LINES);
            trim.setLong(1, seq);
            trim.setLong(2, seq);
            trim.executeUpdate();
        }
        return answers;
    }

    private static void mark(Transaction tx, @Nullable Known task) throws SQLException {
        if (task != null && !task.kept()) {
            PreparedStatement mark = tx.prepare(MARK);
            mark.setLong(1, task.seq());
            mark.executeUpdate();
        }
    }

    private static Settled write(Transaction tx, long seq, Note note) throws SQLException {
        switch (note) {
            case Note.StepDone step -> {
                return finish(tx, seq, step);
            }
            case Note.Came came -> {
                PreparedStatement put = tx.prepare(PUT_PROGRESS);
                put.setLong(1, seq);
                put.setDouble(2, came.progress().fraction());
                put.setString(3, came.progress().text());
                put.setLong(4, Millis.of(came.progress().at()));
                put.executeUpdate();
            }
            case Note.Logged logged -> {
                PreparedStatement add = tx.prepare(ADD_LINE);
                add.setLong(1, seq);
                add.setLong(2, logged.lease().token().number());
                add.setInt(3, logged.number());
                add.setLong(4, Millis.of(logged.line().at()));
                add.setInt(5, logged.line().attempt());
                add.setString(6, logged.line().text());
                add.executeUpdate();
            }
        }
        return DONE;
    }

    private static Settled finish(Transaction tx, long seq, Note.StepDone step) throws SQLException {
        PreparedStatement add = tx.prepare(ADD_STEP);
        add.setLong(1, seq);
        add.setString(2, step.name());
        add.setString(3, step.result().contentType());
        add.setInt(4, step.result().version());
        add.setBytes(5, step.result().bytes());
        add.setLong(6, seq);
        if (add.executeUpdate() > 0) {
            return DONE;
        }
        PreparedStatement has = tx.prepare(HAS_STEP);
        has.setLong(1, seq);
        has.setString(2, step.name());
        try (ResultSet row = has.executeQuery()) {
            return row.next() ? DONE : new Settled.Refused(tooMany(step));
        }
    }

    private static InvalidTaskException tooMany(Note.StepDone step) {
        return new InvalidTaskException("Task " + step.lease().task() + ": the step '" + step.name()
                + "' cannot be kept, because the task has " + MAX_STEPS
                + " already; do several things in one step, or enqueue child tasks");
    }

    @Override
    public Map<String, Payload> steps(TaskId id) {
        return broker.readers().read(session -> {
            Map<String, Payload> steps = new LinkedHashMap<>();
            try (ResultSet row = of(session, STEPS, id).executeQuery()) {
                while (row.next()) {
                    byte[] result = row.getBytes(4);
                    steps.put(
                            row.getString(1),
                            new Payload(result == null ? new byte[0] : result, row.getString(2), row.getInt(3)));
                }
            }
            return steps;
        });
    }

    @Override
    public Set<String> stepNames(TaskId id) {
        return broker.readers().read(session -> {
            Set<String> names = new LinkedHashSet<>();
            try (ResultSet row = of(session, STEP_NAMES, id).executeQuery()) {
                while (row.next()) {
                    names.add(row.getString(1));
                }
            }
            return names;
        });
    }

    @Override
    public Optional<Progress> progress(TaskId id) {
        return broker.readers().read(session -> {
            try (ResultSet row = of(session, PROGRESS, id).executeQuery()) {
                return row.next()
                        ? Optional.of(
                                new Progress(row.getDouble(1), row.getString(2), Instant.ofEpochMilli(row.getLong(3))))
                        : Optional.empty();
            }
        });
    }

    @Override
    public List<Line> log(TaskId id) {
        return broker.readers().read(session -> {
            List<Line> lines = new ArrayList<>();
            try (ResultSet row = of(session, LINES, id).executeQuery()) {
                while (row.next()) {
                    lines.add(new Line(Instant.ofEpochMilli(row.getLong(1)), row.getInt(2), row.getString(3)));
                }
            }
            return lines;
        });
    }

    private static PreparedStatement of(Session session, String sql, TaskId id) throws SQLException {
        PreparedStatement select = session.prepare(sql);
        select.setString(1, id.value());
        return select;
    }

    /** The task is gone, or starts anew. */
    static void drop(Transaction tx, long seq) throws SQLException {
        for (String sql : DROP) {
            PreparedStatement delete = tx.prepare(sql);
            delete.setLong(1, seq);
            delete.executeUpdate();
        }
    }
}
