package dev.errand.sql;

import dev.errand.AttemptError;
import dev.errand.TaskId;
import dev.errand.broker.AttemptToken;
import dev.errand.broker.History;
import dev.errand.broker.Lease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes back what dead workers held (their slot is free) and what is held past its lease. A worker of unknown life, recorded
 * under another side file, is taken for dead when it was not seen for {@link #FORGOTTEN} and holds nothing.
 */
final class Recovering {
    private static final Duration FORGOTTEN = Duration.ofMinutes(10);

    private static final String EXPIRED_EXISTS =
            "SELECT 1 FROM task WHERE state = 2 AND worker = ? AND lease <= ? LIMIT 1";
    private static final String HELD =
            "SELECT seq, attempts, crashes, errors, id, attempt, nonce FROM task WHERE state = 2 AND worker = ?"
                    + " AND lease <= ? ORDER BY lease LIMIT ?";
    private static final String HOLDERS = "SELECT DISTINCT worker FROM task WHERE state = 2";
    private static final String RUN_OUT = "lease ran out";
    private static final String DIED = "worker died";

    private final LifeLocks lives;

    Recovering(LifeLocks lives) {
        this.lives = lives;
    }

    /** What is to be done, found by reading. */
    private record Case(long slot, String worker, boolean dead) {}

    private record Row(long seq, History history, TaskId id, AttemptToken token) {}

    /** Whether there is anything to recover; for a reading session. */
    boolean look(Session session, long now) throws SQLException, IOException {
        return !cases(session, now).isEmpty();
    }

    private List<Case> cases(Session session, long now) throws SQLException, IOException {
        List<Case> cases = new ArrayList<>();
        List<Long> holders = holders(session);
        for (Workers.Row worker : Workers.all(session)) {
            boolean holds = holders.remove(worker.slot());
            LifeLocks.Life life = lives.check(worker.lockFile(), worker.slot());
            boolean forgotten = life == LifeLocks.Life.UNKNOWN && !holds && worker.seen() < now - FORGOTTEN.toMillis();
            if (life == LifeLocks.Life.DEAD || forgotten) {
                cases.add(new Case(worker.slot(), worker.id(), true));
            } else if (holds && hasExpired(session, worker.slot(), now)) {
                cases.add(new Case(worker.slot(), worker.id(), false));
            }
        }
        // A holder without a row: only if the row was deleted by hand.
        for (long slot : holders) {
            if (hasExpired(session, slot, now)) {
                cases.add(new Case(slot, "?", false));
            }
        }
        return cases;
    }

    private static List<Long> holders(Session session) throws SQLException {
        List<Long> holders = new ArrayList<>();
        try (ResultSet row = session.prepare(HOLDERS).executeQuery()) {
            while (row.next()) {
                holders.add(row.getLong(1));
            }
        }
        return holders;
    }

    private static boolean hasExpired(Session session, long slot, long now) throws SQLException {
        PreparedStatement select = session.prepare(EXPIRED_EXISTS);
        select.setLong(1, slot);
        select.setLong(2, now);
        try (ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }

    int recover(Transaction tx, int max) throws SQLException {
        int recovered = 0;
        try {
            for (Case one : cases(tx.session(), tx.now())) {
                int found = recover(tx, one, max - recovered);
                recovered += found;
                if (recovered >= max) {
                    break;
                }
                if (one.dead()) {
                    Workers.remove(tx, one.slot());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return recovered;
    }

    private int recover(Transaction tx, Case one, int max) throws SQLException {
        PreparedStatement select = tx.prepare(HELD);
        select.setLong(1, one.slot());
        select.setLong(2, one.dead() ? Long.MAX_VALUE : tx.now());
        select.setInt(3, max);
        List<Row> rows = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                rows.add(new Row(
                        row.getLong(1),
                        history(row),
                        TaskId.of(row.getString(5)),
                        new AttemptToken(row.getLong(6), row.getLong(7))));
            }
        }
        for (Row row : rows.reversed()) {
            Known task = Known.byId(tx, row.id());
            if (task == null) {
                continue;
            }
            AttemptError crash = AttemptError.crash(
                    one.worker(),
                    one.dead() ? DIED : RUN_OUT,
                    Instant.ofEpochMilli(tx.now()),
                    row.history().attempts() + 1);
            Settling.write(tx, task, row.history().crashed(crash));
            Settling.giveBack(tx, task, null);
            tx.changes().lost(one.slot(), new Lease(row.id(), task.queue(), row.token()));
        }
        return rows.size();
    }

    private static History history(ResultSet row) throws SQLException {
        List<AttemptError> errors;
        try {
            errors = Json.toErrors(row.getString(4));
        } catch (IllegalArgumentException e) {
            errors = List.of(); // written by another tool; the count goes on
        }
        return new History(row.getInt(2), row.getInt(3), errors);
    }
}
