package dev.errand.examples.orders;

import dev.errand.AttemptError;
import dev.errand.TaskInfo;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** How far an order's confirmation is, in a customer's words. */
sealed interface MailStatus {
    /** Not tried yet. */
    record Waiting() implements MailStatus {}

    /** An attempt is under way. */
    record Sending(int attempt) implements MailStatus {}

    /** The mail server has it. */
    record Sent(Instant at) implements MailStatus {}

    /** To be tried again. */
    record Retrying(int attempts, Instant next, String lastError) implements MailStatus {}

    /** Given up. */
    record Dead(String reason) implements MailStatus {}

    /** Called off by a person. */
    record Cancelled(String reason) implements MailStatus {}

    static MailStatus of(TaskInfo task) {
        return switch (task.state()) {
            case SCHEDULED, WAITING, PENDING -> new Waiting();
            case ACTIVE -> new Sending(task.attempts() + 1);
            case COMPLETED ->
                new Sent(Optional.ofNullable(task.ended())
                        .orElseGet(() -> task.envelope().created()));
            case RETRY ->
                new Retrying(
                        task.attempts(),
                        Optional.ofNullable(task.due())
                                .orElseGet(() -> task.envelope().created()),
                        lastError(task).orElse(""));
            case DEAD -> new Dead(dead(task));
            case CANCELLED -> new Cancelled(Optional.ofNullable(task.reason()).orElse(""));
        };
    }

    private static String dead(TaskInfo task) {
        String why =
                Optional.ofNullable(task.reason()).or(() -> lastError(task)).orElse("");
        return task.cause() == null ? why : task.cause().name().toLowerCase(java.util.Locale.ROOT) + ": " + why;
    }

    private static Optional<String> lastError(TaskInfo task) {
        return task.lastError().map(AttemptError::message);
    }

    /** As {@code GET /orders/{id}} shows it. */
    default ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("state", getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT));
        switch (this) {
            case Waiting waiting -> {}
            case Sending sending -> json.put("attempt", sending.attempt());
            case Sent sent -> json.put("at", sent.at().toString());
            case Retrying retrying ->
                json.put("attempts", retrying.attempts())
                        .put("nextAt", retrying.next().toString())
                        .put("lastError", retrying.lastError());
            case Dead dead -> json.put("reason", dead.reason());
            case Cancelled cancelled -> json.put("reason", cancelled.reason());
        }
        return json;
    }
}
