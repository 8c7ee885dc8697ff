package dev.errand.cli;

import dev.errand.ScheduleInfo;
import dev.errand.broker.ScheduleStore;
import dev.errand.cli.text.Json;
import dev.errand.cli.text.Spans;
import dev.errand.schedule.Definition;
import dev.errand.schedule.Missed;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Schedules for people and programs. */
final class ScheduleText {
    private ScheduleText() {}

    static String rule(ScheduleInfo schedule) {
        Definition definition = schedule.definition();
        return definition == null
                ? "cannot be read: " + schedule.defect()
                : definition.rule().describe();
    }

    static String due(ScheduleInfo schedule, Instant now) {
        Instant due = schedule.due();
        if (schedule.paused()) {
            return "paused";
        }
        if (due == null) {
            return "never again";
        }
        return due.isAfter(now)
                ? "in " + Spans.show(Duration.between(now, due))
                : "overdue " + Spans.show(Duration.between(due, now));
    }

    static String missed(Missed missed) {
        String kind = missed.kind().name().toLowerCase(Locale.ROOT);
        return missed.kind() == Missed.Kind.ALL ? kind + ":" + missed.most() : kind;
    }

    static Json json(ScheduleInfo schedule) {
        Json json = new Json().put("schedule", schedule.name());
        Definition definition = schedule.definition();
        if (definition != null) {
            json.put("rule", definition.rule().describe())
                    .put("type", definition.task().type())
                    .put("queue", definition.task().queue())
                    .put("overlap", TaskText.lower(definition.overlap()))
                    .put("missed", missed(definition.missed()))
                    .put("jitter_seconds", definition.jitter());
        }
        return json.put("defect", schedule.defect())
                .put("due", schedule.due())
                .put("paused", schedule.paused())
                .put("waiting", schedule.waiting())
                .put("last_task", schedule.lastTask())
                .put("declared_by_code", schedule.declared())
                .put("declared_last", schedule.seen());
    }

    static Json json(ScheduleStore.Run run) {
        return new Json()
                .put("due", run.due())
                .put("fired", run.fired())
                .put("result", TaskText.lower(run.result()))
                .put("task", run.task());
    }
}
