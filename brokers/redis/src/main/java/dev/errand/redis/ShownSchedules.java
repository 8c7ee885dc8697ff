package dev.errand.redis;

import dev.errand.ConfigurationException;
import dev.errand.broker.Policy;
import dev.errand.broker.ScheduleStore.Run;
import dev.errand.broker.ScheduleStore.Stored;
import dev.errand.schedule.Cron;
import dev.errand.schedule.Definition;
import dev.errand.schedule.Every;
import dev.errand.schedule.Rule;
import dev.errand.schedule.Template;
import dev.errand.time.Time;
import io.lettuce.core.SetArgs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Shows schedules to asynq's tools: entries that live for twenty seconds, written by one of all workers every nine, and the
 * history of each. Only shown, and so not atomic with anything. Thread-safe.
 */
final class ShownSchedules {
    private static final Duration EVERY = Duration.ofSeconds(9);
    private static final Duration LIFE = Duration.ofSeconds(20);
    /** asynq keeps that many, and drops older ones with each new one. */
    private static final int HISTORY = 1_000;

    /** After its last run. */
    private static final Duration KEPT = Duration.ofDays(90);

    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9._:-]{1,255}");

    private final Link link;
    private final Time time;

    ShownSchedules(Link link, Time time) {
        this.link = link;
        this.time = time;
    }

    /** What the entry of a schedule is called: its name, unless that would not do in an address. */
    static String entry(String schedule) {
        return SAFE.matcher(schedule).matches()
                ? schedule
                : UUID.nameUUIDFromBytes(schedule.getBytes(StandardCharsets.UTF_8))
                        .toString();
    }

    /** Shows all that will be due, unless somebody has done it lately. */
    void show(RedisSchedules schedules) {
        SetArgs once = SetArgs.Builder.nx().px(EVERY.toMillis());
        if (!"OK".equals(link.<String>call(c -> c.set(Keys.SCHEDULES_SHOWN, Keys.bytes("1"), once)))) {
            return;
        }
        List<byte[]> entries = new ArrayList<>();
        for (RedisSchedules.Row row : schedules.rows()) {
            entry(row).ifPresent(entries::add);
        }
        if (entries.isEmpty()) {
            link.<Long>call(c -> {
                Link.unawaited(c.del(new byte[][] {Keys.SCHEDULER}));
                return c.zrem(Keys.SCHEDULERS, new byte[][] {Keys.SCHEDULER});
            });
            return;
        }
        Instant now = time.now();
        Arguments arguments = Arguments.at(now.toEpochMilli());
        entries.forEach(arguments::add);
        double until = now.plus(LIFE).getEpochSecond();
        link.call(c -> c.zadd(Keys.SCHEDULERS, until, Keys.SCHEDULER));
        link.runAll(List.of(new Link.Run(Script.SHOWSCHEDULES, Keys.SCHEDULER, arguments)));
    }

    private static Optional<byte[]> entry(RedisSchedules.Row row) {
        Stored stored = row.stored();
        Instant due = stored.due();
        if (stored.paused() || due == null) {
            return Optional.empty();
        }
        try {
            Definition definition = Definition.parse(stored.definition());
            Template task = definition.task();
            return Optional.of(new Records.ScheduleEntry(
                            entry(stored.name()),
                            spec(definition.rule()),
                            task.type(),
                            stored.payload().bytes(),
                            options(task),
                            due,
                            Optional.ofNullable(row.last()))
                    .encode());
        } catch (ConfigurationException e) {
            return Optional.empty(); // the engine says so
        }
    }

    private static String spec(Rule rule) {
        return switch (rule) {
            case Cron cron -> "CRON_TZ=" + cron.zone().getId() + " " + cron.expression();
            case Every every when every.anchor().equals(Instant.EPOCH) -> "@every " + GoText.duration(every.interval());
            default -> rule.describe();
        };
    }

    private static List<String> options(Template task) {
        List<String> options = new ArrayList<>();
        options.add("Queue(" + GoText.quoted(task.queue()) + ")");
        Policy policy = task.policy();
        options.add("MaxRetry(" + (policy.maxAttempts() - 1) + ")");
        options.add("Timeout(" + GoText.duration(policy.timeout()) + ")");
        if (policy.retention().isPositive()) {
            options.add("Retention(" + GoText.duration(policy.retention()) + ")");
        }
        return options;
    }

    /** The schedule has enqueued tasks. */
    void enqueued(String schedule, List<Run> runs) {
        byte[] key = Keys.schedulerHistory(entry(schedule));
        link.<Boolean>call(c -> {
            Link.unawaited(c.zremrangebyrank(key, 0, -HISTORY));
            for (Run run : runs) {
                String task = run.task() == null ? "" : run.task().value();
                Link.unawaited(c.zadd(key, run.fired().getEpochSecond(), Records.enqueueEvent(task, run.fired())));
            }
            return c.expire(key, KEPT.toSeconds());
        });
    }

    /** What is shown is out of date. */
    void changed() {
        link.call(c -> c.del(new byte[][] {Keys.SCHEDULES_SHOWN}));
    }

    /** The schedule is deleted. */
    void forget(String schedule) {
        changed();
        link.call(c -> c.del(new byte[][] {Keys.schedulerHistory(entry(schedule))}));
    }
}
