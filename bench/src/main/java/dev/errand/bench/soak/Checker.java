package dev.errand.bench.soak;

import dev.errand.DeadCause;
import dev.errand.Defaults;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Accounts for every task: it is completed by its last run, dead for a good reason, or still waiting; and each run beyond its
 * first has a reason. Whatever cannot be accounted for is a failure. For one check.
 */
final class Checker {
    private final Explainer explainer;
    private final Map<String, Held> held;
    private final Map<Reason, Long> again = new EnumMap<>(Reason.class);
    private final List<String> failures = new ArrayList<>();
    private long completed;
    private long dead;
    private long crashed;
    private long waiting;
    private long unacknowledged;

    /**
     * Knows what the broker holds.
     *
     * @param held every task of the broker that is not gone, by its id
     */
    Checker(Explainer explainer, Map<String, Held> held) {
        this.explainer = explainer;
        this.held = held;
    }

    Verdict check(Ledger ledger) {
        for (Ledger.Entry task : ledger.entries()) {
            runsAgain(task);
            if (task.acknowledged) {
                end(task, held.get(task.id));
            } else {
                unacknowledged++;
            }
        }
        return new Verdict(ledger.acknowledged(), completed, dead, crashed, waiting, unacknowledged, again, failures);
    }

    private void end(Ledger.Entry task, @Nullable Held found) {
        if (found == null) {
            gone(task);
            return;
        }
        switch (found.state()) {
            case COMPLETED -> completed(task, "is completed");
            case DEAD -> dead(task, found);
            case CANCELLED -> fail(task, "is cancelled, which nobody asked for");
            case SCHEDULED, PENDING, ACTIVE, RETRY, WAITING -> waiting++;
        }
    }

    private void gone(Ledger.Entry task) {
        if (task.runs().isEmpty()) {
            fail(task, "is lost: acknowledged, never run, and not in the broker");
        } else if (task.script.kept()) {
            fail(task, "is gone, though it is kept for a day");
        } else {
            completed(task, "is gone");
        }
    }

    private void completed(Ledger.Entry task, String how) {
        if (task.script.mustDie()) {
            fail(task, how + ", but can only be dead: " + task.script);
        } else if (task.runs().isEmpty() || !task.runs().getLast().completed()) {
            fail(task, how + ", but its last run did not return");
        } else {
            completed++;
        }
    }

    private void dead(Ledger.Entry task, Held found) {
        DeadCause cause = found.cause();
        boolean meant = task.script.mustDie() && (cause == DeadCause.EXHAUSTED || cause == DeadCause.REFUSED);
        boolean tooOften = cause == DeadCause.CRASHED && found.crashes() >= Defaults.CRASH_LIMIT;
        if (!meant && !tooOften) {
            fail(task, "is dead (" + cause + ", " + found.crashes() + " crashes) without a reason");
            return;
        }
        dead++;
        crashed += tooOften ? 1 : 0;
    }

    private void runsAgain(Ledger.Entry task) {
        List<Ran> runs = task.runs();
        int retries = 0;
        for (int i = 1; i < runs.size(); i++) {
            Ran run = runs.get(i - 1);
            Ran next = runs.get(i);
            Reason reason = explainer.why(run, next, task.script.isRetried(retries));
            // With a crash in between, the broker may not have heard of the failure: that attempt does not count.
            retries += reason == Reason.RETRY && next.crashes() == run.crashes() ? 1 : 0;
            again.merge(reason, 1L, Long::sum);
            if (reason == Reason.NONE) {
                fail(task, "ran again without a reason: " + run + ", then " + next);
            }
        }
    }

    private void fail(Ledger.Entry task, String what) {
        failures.add("task " + task.id + " " + what);
    }
}
