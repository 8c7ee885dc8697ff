package dev.errand.sql;

import dev.errand.broker.History;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Renewal;
import dev.errand.broker.Settled;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes down how attempts ended, and renews the leases of those that have not; only for the newest attempt of each task. */
final class Settling {
    private static final String HISTORY = "UPDATE task SET attempts = ?, crashes = ?, errors = ? WHERE seq = ?";
    private static final String POSTPONE =
            "UPDATE task SET state = 4, due = ?, reason = ?, ready = NULL, worker = NULL,"
                    + " lease = NULL WHERE seq = ?";
    private static final String REQUEUE =
            "UPDATE task SET state = 1, ready = ?, ord = ?, reason = ?, worker = NULL," + " lease = NULL WHERE seq = ?";
    private static final String GIVE_BACK =
            "UPDATE task SET state = 1, ready = ?, ord = ?, reason = ?, worker = NULL, lease = NULL WHERE seq = ?";

    /** By the time of the worker that took it, whoever renews. */
    private static final String RENEW = "UPDATE task SET lease = ? + coalesce((SELECT worker.lease FROM worker"
            + " WHERE worker.slot = task.worker), ?) WHERE id = ? AND state = 2 AND attempt = ? AND nonce = ?"
            + " RETURNING cancel_reason";

    private static final Settled DONE = new Settled.Done();
    private static final Settled STALE = new Settled.Stale();

    private Settling() {}

    /** Settles; {@code plain} are those leases whose tasks have no key and no large payload. */
    static List<Settled> settle(Transaction tx, List<Outcome> outcomes, Set<Lease> plain) throws SQLException {
        List<Settled> answers = new ArrayList<>(outcomes.size());
        for (Outcome outcome : outcomes) {
            boolean isPlain = isForgotten(outcome) && plain.contains(outcome.lease());
            boolean done = (isPlain && Ending.forgetPlain(tx, outcome.lease())) || settle(tx, outcome);
            answers.add(done ? DONE : STALE);
        }
        return answers;
    }

    private static boolean isForgotten(Outcome outcome) {
        return outcome.verdict() instanceof Verdict.Complete complete
                && !complete.retention().isPositive();
    }

    private static boolean settle(Transaction tx, Outcome outcome) throws SQLException {
        Lease lease = outcome.lease();
        Known task = Known.byToken(tx, lease.task(), lease.token());
        if (task != null) {
            settle(tx, task, outcome);
        }
        return task != null;
    }

    private static void settle(Transaction tx, Known task, Outcome outcome) throws SQLException {
        Verdict verdict = calledOff(task, outcome.verdict());
        History history = outcome.envelope().history();
        switch (verdict) {
            case Verdict.Complete complete -> {
                long retention = Millis.of(complete.retention());
                if (retention > 0) {
                    write(tx, task, history);
                }
                Ending.complete(tx, task, complete.result(), retention);
            }
            case Verdict.Dead dead -> {
                write(tx, task, history);
                Ending.die(tx, task, dead.cause().name(), dead.reason());
            }
            case Verdict.Cancel cancel -> {
                write(tx, task, history);
                Ending.cancel(tx, task, cancel.reason(), Millis.of(cancel.retention()));
            }
            case Verdict.Retry retry -> {
                write(tx, task, history);
                if (retry.delay().isPositive()) {
                    postpone(tx, task, retry.delay(), null);
                } else {
                    requeue(tx, task);
                }
            }
            case Verdict.Release release -> {
                write(tx, task, history);
                if (release.delay().isPositive()) {
                    postpone(tx, task, release.delay(), release.reason());
                } else {
                    giveBack(tx, task, release.reason());
                }
            }
        }
    }

    /** Whoever asked for the end of a running task gets it, unless the task ended by itself. */
    private static Verdict calledOff(Known task, Verdict verdict) {
        String reason = task.cancelReason();
        boolean byItself = verdict instanceof Verdict.Complete || verdict instanceof Verdict.Dead;
        return reason != null && !byItself
                ? new Verdict.Cancel(reason, Duration.ofMillis(task.cancelRetention()))
                : verdict;
    }

    static void write(Transaction tx, Known task, History history) throws SQLException {
        PreparedStatement update = tx.prepare(HISTORY);
        update.setInt(1, history.attempts());
        update.setInt(2, history.crashes());
        update.setString(3, Json.ofErrors(history.errors()));
        update.setLong(4, task.seq());
        update.executeUpdate();
    }

    private static void postpone(Transaction tx, Known task, Duration delay, @Nullable String reason)
            throws SQLException {
        Debouncing.waitsAgain(tx, task);
        PreparedStatement update = tx.prepare(POSTPONE);
        update.setLong(1, tx.now() + Millis.of(delay));
        update.setString(2, reason);
        update.setLong(3, task.seq());
        update.executeUpdate();
        tx.changes().due();
    }

    private static void requeue(Transaction tx, Known task) throws SQLException {
        Debouncing.waitsAgain(tx, task);
        PreparedStatement update = tx.prepare(REQUEUE);
        update.setLong(1, tx.now());
        update.setLong(2, tx.places(1));
        update.setString(3, null);
        update.setLong(4, task.seq());
        update.executeUpdate();
        tx.changes().ready(task.queue());
    }

    /** Back to the front of the line, or cancelled if somebody asked for that. */
    static void giveBack(Transaction tx, Known task, @Nullable String reason) throws SQLException {
        if (task.cancelReason() != null) {
            Ending.cancel(tx, task, task.cancelReason(), task.cancelRetention());
            return;
        }
        Debouncing.waitsAgain(tx, task);
        PreparedStatement update = tx.prepare(GIVE_BACK);
        update.setLong(1, tx.now());
        update.setLong(2, tx.placeInFront());
        update.setString(3, reason);
        update.setLong(4, task.seq());
        update.executeUpdate();
        tx.changes().ready(task.queue());
    }

    static List<Renewal> renew(Transaction tx, Collection<Lease> leases, long leaseMillis) throws SQLException {
        PreparedStatement update = tx.prepare(RENEW);
        List<Renewal> answers = new ArrayList<>(leases.size());
        for (Lease lease : leases) {
            update.setLong(1, tx.now());
            update.setLong(2, leaseMillis);
            update.setString(3, lease.task().value());
            update.setLong(4, lease.token().number());
            update.setLong(5, lease.token().nonce());
            try (ResultSet row = update.executeQuery()) {
                if (!row.next()) {
                    answers.add(Renewal.LOST);
                } else {
                    answers.add(row.getString(1) == null ? Renewal.KEPT : Renewal.CANCEL_REQUESTED);
                }
            }
        }
        return answers;
    }
}
