package dev.errand.explain;

import dev.errand.AttemptError;
import dev.errand.DeadCause;
import dev.errand.TaskInfo;
import dev.errand.explain.Finding.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tasks that have ended: how, when, and what led to it. */
final class Ended {
    private Ended() {}

    static List<Finding> findings(TaskInfo task, Instant now) {
        List<String> details = errors(task);
        String when =
                task.ended() == null ? "" : " at " + task.ended() + " (" + Span.between(task.ended(), now) + " ago)";
        String reason = task.reason() == null ? "" : ": " + task.reason();
        return List.of(
                switch (task.state()) {
                    case COMPLETED ->
                        Finding.ok("completed", "It has completed" + when + ran(task) + ".")
                                .with(details);
                    case CANCELLED ->
                        Finding.ok("cancelled", "It was called off" + when + reason + ".")
                                .with(details);
                    default ->
                        new Finding(
                                Level.BAD,
                                "dead",
                                "It is a dead letter, " + task.cause() + ", since" + when.replaceFirst("^ at", "")
                                        + reason + ".",
                                details,
                                remedy(task.cause()));
                });
    }

    private static String ran(TaskInfo task) {
        return task.started() == null || task.ended() == null
                ? ""
                : ", " + Span.between(task.started(), task.ended()) + " after its last run began";
    }

    static List<String> errors(TaskInfo task) {
        List<String> lines = new ArrayList<>();
        if (task.attempts() > 0 || task.envelope().history().crashes() > 0) {
            lines.add("Counted failed attempts: " + task.attempts() + "; crashes: "
                    + task.envelope().history().crashes());
        }
        for (AttemptError error : task.envelope().history().errors()) {
            lines.add(error.at() + " attempt " + error.attempt() + ": " + error.error()
                    + (error.message().isEmpty() ? "" : ": " + error.message()));
        }
        return lines;
    }

    private static String remedy(@Nullable DeadCause cause) {
        if (cause == null) {
            return "Redrive or delete it";
        }
        return switch (cause) {
            case EXHAUSTED -> "See that what its handler calls works again, then redrive it";
            case REFUSED -> "Correct the data or the code, then redrive it, or delete it";
            case UNDECODABLE -> "Deploy a handler or an upcaster that can read its payload, then redrive it";
            case CRASHED ->
                "Find out why it takes its worker down (memory, native code, System.exit) before you redrive it";
            case EXPIRED -> "It is too late for it: delete it; a redrive clears its deadline";
        };
    }
}
