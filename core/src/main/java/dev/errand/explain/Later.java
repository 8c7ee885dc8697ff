package dev.errand.explain;

import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.explain.Finding.Level;
import dev.errand.worker.Admission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Tasks that are due later, or should have become ready. */
final class Later {
    /** What a timekeeper may need at its worst, on a busy machine. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Sight sight;

    Later(Sight sight) {
        this.sight = sight;
    }

    List<Finding> findings(TaskInfo task) {
        List<Finding> findings = new ArrayList<>();
        Instant due = task.due();
        if (due != null) {
            findings.add(due(due));
        }
        if (task.state() == TaskState.RETRY) {
            findings.add(why(task));
        }
        return findings;
    }

    private Finding due(Instant due) {
        if (sight.now().isBefore(due)) {
            return Finding.ok("due-later", "It is due at " + due + ", in " + Span.between(sight.now(), due) + ".")
                    .remedied("To have it run before, run it now");
        }
        String late = Span.between(due, sight.now());
        if (sight.knowsWorkers() && sight.workers().isEmpty()) {
            return Finding.bad(
                    "overdue",
                    "It was due at " + due + ", " + late + " ago, and no worker is alive to make it ready.",
                    "Start a worker; only workers make due tasks ready");
        }
        if (due.plus(GRACE).isBefore(sight.now())) {
            return Finding.warn(
                    "overdue",
                    "It was due at " + due + ", " + late + " ago, and has not been made ready.",
                    "Look at the workers' logs for the timekeeper, and compare the clocks of the machines");
        }
        return Finding.ok("due-now", "It has fallen due " + late + " ago and is about to become ready.");
    }

    private static Finding why(TaskInfo task) {
        String reason = task.reason();
        if (reason != null && reason.equals(Admission.noHandler(task.type()))) {
            return Finding.warn(
                    "type-given-back",
                    "It was given back because a worker of its queue has no handler for its type " + task.type() + ".",
                    "Register a handler for it (or an alias) in every worker that serves the queue " + task.queue()
                            + ", or give it a queue of its own");
        }
        if (reason != null) {
            return Finding.ok("given-back", "It was given back, uncounted: " + reason + ".");
        }
        List<String> errors = Ended.errors(task);
        return new Finding(
                Level.OK,
                "failed-before",
                task.lastError()
                        .map(error -> "Attempt " + error.attempt() + " failed: " + error.error()
                                + (error.message().isEmpty() ? "" : ": " + error.message()) + ".")
                        .orElse("It waits for another attempt."),
                errors,
                "");
    }
}
