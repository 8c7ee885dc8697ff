package dev.errand.sql;

import dev.errand.broker.WorkerRegistry.Registered;
import dev.errand.broker.WorkerSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rows of workers. Each lives as long as its slot is locked: {@link LifeLocks}. */
final class Workers {
    /** A worker's row. */
    record Row(long slot, String id, String lockFile, long seen, String spec) {}

    private static final String JOIN =
            "INSERT INTO worker (slot, id, lock_file, process, seen, lease, spec) VALUES (?, ?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT (slot) DO UPDATE SET seen = excluded.seen";
    private static final String SEEN = "UPDATE worker SET seen = ? WHERE slot = ?";
    private static final String LEAVE = "DELETE FROM worker WHERE slot = ?";
    private static final String ALL = "SELECT slot, id, lock_file, seen, spec FROM worker ORDER BY slot";
    private static final String RUNNING = "SELECT worker, count(*) FROM task WHERE state = 2 GROUP BY worker";

    private final LifeLocks lives;
    private final Queues queues;
    private final String process;

    Workers(LifeLocks lives, Queues queues, String process) {
        this.lives = lives;
        this.queues = queues;
        this.process = process;
    }

    /** Registers a worker; its slot is locked before anybody else can see the row. */
    long join(Transaction tx, WorkerSpec spec, String lockFile) throws SQLException {
        long slot = lives.holdNew(tx);
        put(tx, slot, spec, lockFile);
        for (String queue : spec.queues().keySet()) {
            queues.know(tx, queue);
        }
        return slot;
    }

    /** The heartbeat; also puts back a row that was lost, because somebody has taken this worker for dead. */
    void beat(Transaction tx, long slot, WorkerSpec spec, String lockFile) throws SQLException {
        PreparedStatement seen = tx.prepare(SEEN);
        seen.setLong(1, tx.now());
        seen.setLong(2, slot);
        if (seen.executeUpdate() == 0 && retake(slot)) {
            put(tx, slot, spec, lockFile);
        }
    }

    private boolean retake(long slot) {
        try {
            return lives.retake(slot);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void put(Transaction tx, long slot, WorkerSpec spec, String lockFile) throws SQLException {
        PreparedStatement join = tx.prepare(JOIN);
        join.setLong(1, slot);
        join.setString(2, spec.id());
        join.setString(3, lockFile);
        join.setString(4, process);
        join.setLong(5, tx.now());
        join.setLong(6, Millis.of(spec.lease()));
        join.setString(7, Json.ofSpec(spec));
        join.executeUpdate();
    }

    /** Gives back what the worker still holds, uncounted, and takes its row away; its slot is free after the commit. */
    void leave(Transaction tx, long slot) throws SQLException {
        for (Known task : Known.byWorker(tx, slot)) {
            Settling.giveBack(tx, task, null);
        }
        remove(tx, slot);
        tx.changes().afterCommit(() -> lives.release(slot));
    }

    /** A worker that could not leave: for the others it is dead from now on. */
    void abandon(long slot) {
        lives.release(slot);
    }

    static void remove(Transaction tx, long slot) throws SQLException {
        PreparedStatement leave = tx.prepare(LEAVE);
        leave.setLong(1, slot);
        leave.executeUpdate();
    }

    static List<Row> all(Session session) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (ResultSet row = session.prepare(ALL).executeQuery()) {
            while (row.next()) {
                rows.add(new Row(row.getLong(1), row.getString(2), row.getString(3), row.getLong(4), row.getString(5)));
            }
        }
        return rows;
    }

    /** Those not known to be dead. */
    List<Registered> alive(Session session) throws SQLException, IOException {
        Map<Long, Integer> running = new HashMap<>();
        try (ResultSet row = session.prepare(RUNNING).executeQuery()) {
            while (row.next()) {
                running.put(row.getLong(1), row.getInt(2));
            }
        }
        List<Registered> alive = new ArrayList<>();
        for (Row row : all(session)) {
            if (lives.check(row.lockFile(), row.slot()) != LifeLocks.Life.DEAD) {
                alive.add(new Registered(
                        Json.toSpec(row.id(), row.spec()),
                        Instant.ofEpochMilli(row.seen()),
                        running.getOrDefault(row.slot(), 0)));
            }
        }
        return alive;
    }
}
