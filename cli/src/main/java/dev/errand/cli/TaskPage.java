package dev.errand.cli;

import dev.errand.AttemptError;
import dev.errand.TaskInfo;
import dev.errand.broker.Capability;
import dev.errand.broker.Envelope;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.TaskRecords;
import dev.errand.cli.text.JsonText;
import dev.errand.cli.text.Safe;
import dev.errand.cli.text.Spans;
import dev.errand.cli.text.Style;
import dev.errand.cli.text.Width;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A task over several lines, for people. */
final class TaskPage {
    private static final int NAMES = 12;
    private static final int MOST_TEXT = 8 * 1024;
    private static final int HEX_ROW = 16;
    private static final int HEX_ROWS = 8;

    private final Session session;
    private final Output out;
    private final boolean stacks;
    private final Instant now;

    TaskPage(Session session, boolean stacks) {
        this.session = session;
        this.out = session.out();
        this.stacks = stacks;
        this.now = session.now();
    }

    void print(TaskInfo task) {
        Envelope envelope = task.envelope();
        out.line(out.paint(Style.BOLD, Safe.line("Task " + task.id())));
        field("type", task.type());
        field("queue", task.queue() + (envelope.priority() == 0 ? "" : ", priority " + envelope.priority()));
        field("state", task.state() + (task.cause() == null ? "" : ", " + task.cause()), TaskText.style(task.state()));
        field("reason", task.reason());
        time("created", envelope.created());
        time("due", task.due());
        time("ready", task.ready());
        time("started", task.started());
        time("ended", task.ended());
        time("deadline", envelope.deadline());
        field("worker", task.worker());
        field("cancel", task.cancelRequested() ? "asked for; it ends when its handler does" : null);
        field("attempts", attempts(task));
        field("timeout", Spans.show(envelope.policy().timeout()));
        field(
                "retention",
                envelope.policy().retention().isZero()
                        ? "none: it is deleted when it has completed"
                        : Spans.show(envelope.policy().retention()));
        if (envelope.unique() != null) {
            field(
                    "unique",
                    envelope.unique().key() + ", for "
                            + Spans.show(envelope.unique().ttl()));
        }
        field("partition", envelope.partitionKey());
        field("parent", envelope.parent() == null ? null : envelope.parent().value());
        new TreeMap<>(envelope.headers()).forEach((name, value) -> field("header", name + ": " + value));
        records(task);
        payload("payload", envelope.payload());
        if (task.result() != null) {
            payload("result", task.result());
        }
        errors(task);
        log(task);
    }

    private static String attempts(TaskInfo task) {
        Envelope envelope = task.envelope();
        return task.attempts() + " of " + envelope.policy().maxAttempts() + " failed"
                + (envelope.policy().isExplicit(Policy.Field.MAX_ATTEMPTS)
                        ? " (set for this task)"
                        : " (its worker's task type decides)")
                + (envelope.history().crashes() == 0
                        ? ""
                        : ", " + envelope.history().crashes() + " crashes");
    }

    private void field(String name, @Nullable String value) {
        field(name, value, Style.PLAIN);
    }

    private void field(String name, @Nullable String value, Style style) {
        if (value != null) {
            out.line("  " + out.paint(Style.DIM, Width.pad(name, NAMES, false)) + out.paint(style, Safe.line(value)));
        }
    }

    private void time(String name, @Nullable Instant at) {
        if (at != null) {
            Duration ago = Duration.between(at, now);
            field(
                    name,
                    at + (ago.isNegative() ? ", in " + Spans.show(ago.negated()) : ", " + Spans.show(ago) + " ago"));
        }
    }

    private void records(TaskInfo task) {
        session.maybe(TaskRecords.class, Capability.PROGRESS)
                .flatMap(records -> records.progress(task.id()))
                .ifPresent(progress -> field(
                        "progress",
                        String.format(Locale.ROOT, "%.0f %%", progress.fraction() * 100)
                                + (progress.text().isEmpty() ? "" : ": " + progress.text())
                                + ", " + Spans.show(Duration.between(progress.at(), now)) + " ago"));
        session.maybe(TaskRecords.class, Capability.STEPS)
                .map(records -> records.steps(task.id()))
                .ifPresent(steps -> new TreeMap<>(steps)
                        .forEach((name, result) -> field("step", name + ": " + result.size() + " bytes")));
    }

    private void payload(String name, Payload payload) {
        field(name, payload.size() + " bytes of " + payload.contentType() + ", schema version " + payload.version());
        if (payload.size() == 0) {
            return;
        }
        String text = new JsonText()
                .pretty(payload.bytes())
                .or(() -> payload.contentType().startsWith("text/")
                        ? java.util.Optional.of(Safe.block(new String(payload.bytes(), StandardCharsets.UTF_8)))
                        : java.util.Optional.empty())
                .orElseGet(() -> hex(payload.bytes()));
        boolean cut = text.length() > MOST_TEXT;
        String shown = cut ? text.substring(0, MOST_TEXT) : text;
        shown.lines().forEach(line -> out.line("    " + line));
        if (cut || (payload.size() > HEX_ROW * HEX_ROWS && text.equals(hex(payload.bytes())))) {
            out.line(out.paint(Style.DIM, "    … --raw writes all of it"));
        }
    }

    private static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < HEX_ROWS && row * HEX_ROW < bytes.length; row++) {
            StringBuilder characters = new StringBuilder();
            text.append(String.format("%04x ", row * HEX_ROW));
            for (int i = row * HEX_ROW; i < (row + 1) * HEX_ROW; i++) {
                if (i < bytes.length) {
                    text.append(String.format(" %02x", bytes[i]));
                    characters.append(bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char) bytes[i] : '.');
                } else {
                    text.append("   ");
                }
            }
            text.append("  ").append(characters).append('\n');
        }
        return text.toString();
    }

    private void errors(TaskInfo task) {
        List<AttemptError> errors = task.envelope().history().errors();
        for (AttemptError error : errors) {
            field(
                    "error",
                    error.at() + ", attempt " + error.attempt() + ", worker " + error.worker() + ": " + error.error()
                            + (error.message().isEmpty() ? "" : ": " + error.message()),
                    Style.RED);
            if (stacks && !error.stack().isEmpty()) {
                Safe.block(error.stack()).lines().forEach(line -> out.line("    " + line.replace("\t", "    ")));
            }
        }
        if (!stacks && errors.stream().anyMatch(error -> !error.stack().isEmpty())) {
            out.line(out.paint(Style.DIM, "    --stacks shows where"));
        }
    }

    private void log(TaskInfo task) {
        session.maybe(TaskRecords.class, Capability.TASK_LOG)
                .map(records -> records.log(task.id()))
                .orElse(List.of())
                .forEach(line -> field("log", line.at() + ", attempt " + line.attempt() + ": " + line.text()));
    }
}
