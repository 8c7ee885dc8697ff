package dev.errand.cli;

import dev.errand.AttemptError;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Envelope;
import dev.errand.broker.Payload;
import dev.errand.cli.text.Json;
import dev.errand.cli.text.JsonText;
import dev.errand.cli.text.Spans;
import dev.errand.cli.text.Style;
import dev.errand.cli.text.Table;
import dev.errand.cli.text.Table.Cell;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tasks as rows of a table and as JSON objects. */
final class TaskText {
    private TaskText() {}

    static Table table(List<TaskInfo> tasks, Instant now) {
        Table table = table();
        tasks.forEach(task -> row(table, task, now));
        return table;
    }

    /** Without tasks yet. */
    static Table table() {
        return new Table("ID", "STATE", "QUEUE", "TYPE", ">FAILED", ">AGE", "WHEN", "ERROR");
    }

    static void row(Table table, TaskInfo task, Instant now) {
        table.row(
                Cell.of(task.id().value()),
                Cell.of(task.state().name(), style(task.state())),
                Cell.of(task.queue()),
                Cell.of(task.type()),
                Cell.of(task.attempts()),
                Cell.of(Spans.show(Duration.between(task.envelope().created(), now))),
                Cell.of(when(task, now)),
                Cell.of(error(task)));
    }

    static Style style(TaskState state) {
        return switch (state) {
            case DEAD -> Style.RED;
            case RETRY -> Style.YELLOW;
            case ACTIVE -> Style.GREEN;
            case COMPLETED, CANCELLED -> Style.DIM;
            case PENDING, SCHEDULED, WAITING -> Style.PLAIN;
        };
    }

    /** The time that matters in its state. */
    private static String when(TaskInfo task, Instant now) {
        return switch (task.state()) {
            case SCHEDULED, RETRY -> task.due() == null ? "" : due(task.due(), now);
            case PENDING -> ago("ready", task.ready(), now);
            case ACTIVE -> ago(task.cancelRequested() ? "cancelling, runs" : "runs", task.started(), now);
            case COMPLETED, DEAD, CANCELLED ->
                task.ended() == null ? "" : Spans.show(Duration.between(task.ended(), now)) + " ago";
            case WAITING -> "";
        };
    }

    private static String due(Instant due, Instant now) {
        return due.isAfter(now)
                ? "in " + Spans.show(Duration.between(now, due))
                : "overdue " + Spans.show(Duration.between(due, now));
    }

    private static String ago(String what, @Nullable Instant since, Instant now) {
        return since == null ? what : what + " " + Spans.show(Duration.between(since, now));
    }

    private static String error(TaskInfo task) {
        String cause = task.cause() == null ? "" : task.cause() + ": ";
        if (task.reason() != null) {
            return cause + task.reason();
        }
        return cause + task.lastError().map(TaskText::brief).orElse("");
    }

    static String brief(AttemptError error) {
        String name = error.error().substring(error.error().lastIndexOf('.') + 1);
        return error.message().isEmpty() ? name : name + ": " + error.message();
    }

    /** What both the list and the single task show. */
    static Json json(TaskInfo task) {
        Envelope envelope = task.envelope();
        return new Json()
                .put("id", task.id())
                .put("type", task.type())
                .put("queue", task.queue())
                .put("state", lower(task.state()))
                .put("priority", envelope.priority())
                .put("created", envelope.created())
                .put("due", task.due())
                .put("ready", task.ready())
                .put("started", task.started())
                .put("ended", task.ended())
                .put("worker", task.worker())
                .put("attempts_failed", task.attempts())
                .put("max_attempts", envelope.policy().maxAttempts())
                .put("crashes", envelope.history().crashes())
                .put("cause", task.cause() == null ? null : lower(task.cause()))
                .put("reason", task.reason())
                .put("cancel_requested", task.cancelRequested())
                .put("content_type", envelope.payload().contentType())
                .put("payload_bytes", envelope.payload().size())
                .put(
                        "last_error",
                        task.lastError().map(error -> json(error, false)).orElse(null));
    }

    /** Everything about one. */
    static Json whole(TaskInfo task) {
        Envelope envelope = task.envelope();
        Json json = json(task)
                .put("deadline", envelope.deadline())
                .put("timeout_seconds", envelope.policy().timeout())
                .put("retention_seconds", envelope.policy().retention())
                .put(
                        "set_for_this_task",
                        envelope.policy().explicit().stream()
                                .map(TaskText::lower)
                                .sorted()
                                .toList())
                .put(
                        "unique_key",
                        envelope.unique() == null ? null : envelope.unique().key())
                .put(
                        "unique_ttl_seconds",
                        envelope.unique() == null ? null : envelope.unique().ttl())
                .put("partition_key", envelope.partitionKey())
                .put("parent", envelope.parent())
                .put("headers", new TreeMap<>(envelope.headers()))
                .put(
                        "errors",
                        envelope.history().errors().stream()
                                .map(error -> json(error, true))
                                .toList())
                .put("payload", json(envelope.payload()));
        return task.result() == null ? json : json.put("result", json(task.result()));
    }

    static Json json(AttemptError error, boolean stack) {
        return new Json()
                .put("at", error.at())
                .put("attempt", error.attempt())
                .put("error", error.error())
                .put("message", error.message())
                .put("worker", error.worker())
                .put("stack", stack ? error.stack() : null);
    }

    /** A payload's value if it is JSON, else its bytes in Base64. */
    static Json json(Payload payload) {
        Json json = new Json()
                .put("content_type", payload.contentType())
                .put("schema_version", payload.version())
                .put("bytes", payload.size());
        Optional<String> value = new JsonText().compact(payload.bytes());
        return value.isPresent()
                ? json.put("json", new Json.Raw(value.get()))
                : json.put("base64", Base64.getEncoder().encodeToString(payload.bytes()));
    }

    static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
