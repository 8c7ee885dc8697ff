package dev.errand.cli;

import dev.errand.Defaults;
import dev.errand.Schedule;
import dev.errand.Schedules;
import dev.errand.TaskType;
import dev.errand.broker.Names;
import dev.errand.cli.text.Json;
import dev.errand.cli.text.Safe;
import dev.errand.schedule.Missed;
import dev.errand.schedule.Overlap;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code schedules create}. */
@Command(
        name = "create",
        description = "Store a schedule, which enqueues a task at each of its times. Only workers fire schedules.",
        sortOptions = false,
        footer = {"", "Exit code 1 if there is one of this name, unless --replace is given."})
final class ScheduleCreateCommand extends ScheduleCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "names it among all schedules of the broker")
    String name = "";

    @Parameters(index = "1", paramLabel = "TYPE", description = "the task type's wire name")
    String type = "";

    @Parameters(
            index = "2",
            paramLabel = "PAYLOAD",
            arity = "0..1",
            description = "JSON text; - reads standard input, @FILE a file; {} by default")
    String payload = "{}";

    @Mixin
    RuleOptions rule = new RuleOptions();

    @Option(names = "--queue", paramLabel = "QUEUE", description = "where its tasks wait; ${DEFAULT-VALUE} by default")
    String queue = Defaults.QUEUE;

    @Option(names = "--priority", paramLabel = "N", description = "of its tasks, -100 to 100")
    int priority;

    @Option(names = "--max-attempts", paramLabel = "N", description = "so many counted attempts at most")
    @Nullable
    Integer maxAttempts;

    @Option(names = "--header", paramLabel = "NAME=VALUE", description = "of its tasks; may be repeated")
    Map<String, String> headers = new LinkedHashMap<>();

    @Option(names = "--replace", description = "put it into the place of the one of this name")
    boolean replace;

    @Override
    void check(World world) {
        Names.check("schedule", name);
        Names.check("task type", type);
        Names.check("queue", queue);
        rule.check();
        if (rule.cron == null && rule.every == null && rule.at.isEmpty()) {
            throw Refusal.usage("say when: --cron EXPRESSION, --every SPAN or --at TIME");
        }
    }

    @Override
    int run(Session session, Schedules schedules) {
        byte[] json = new PayloadSource().read(payload, session.world(), null).bytes();
        Schedule<RawJson> schedule = Schedule.of(
                        name, TaskType.of(type, RawJson.class).queue(queue), new RawJson(json))
                .rule(rule.rule(session.now(), null).orElseThrow())
                .overlap(rule.overlap == null ? Overlap.SKIP : rule.overlap)
                .missed(rule.missed().orElse(Missed.once()))
                .jitter(rule.jitter == null ? Duration.ZERO : rule.jitter)
                .priority(priority);
        for (Map.Entry<String, String> header : headers.entrySet()) {
            schedule = schedule.header(header.getKey(), header.getValue());
        }
        if (maxAttempts != null) {
            schedule = schedule.maxAttempts(maxAttempts);
        }
        boolean stored = true;
        if (replace) {
            schedules.put(schedule);
        } else {
            stored = schedules.create(schedule);
        }
        if (!stored) {
            throw Refusal.notDone("there is a schedule " + name
                    + " already; change it with ./errand schedules edit, or give --replace");
        }
        session.audit("schedule " + name + (replace ? ": put" : ": created"));
        if (session.out().isJson()) {
            session.out().item(new Json().put("schedule", name).put("result", "stored"));
        } else {
            session.out().line(Safe.line(name + " stored"));
        }
        return Exit.DONE;
    }
}
