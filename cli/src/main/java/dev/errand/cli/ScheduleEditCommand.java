package dev.errand.cli;

import dev.errand.ScheduleInfo;
import dev.errand.Schedules;
import dev.errand.cli.text.Json;
import dev.errand.cli.text.Safe;
import dev.errand.schedule.Definition;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code schedules edit}. */
@Command(
        name = "edit",
        description = {
            "Change a schedule; what is not named stays. With another rule, no time before now is fired.",
            "One that code declares goes back only when the code says something else than before."
        },
        sortOptions = false,
        footer = {"", "Exit code 1 if there is no such schedule."})
final class ScheduleEditCommand extends ScheduleCommand {
    @Parameters(paramLabel = "NAME", description = "the schedule")
    String name = "";

    @Mixin
    RuleOptions rule = new RuleOptions();

    @Option(names = "--queue", paramLabel = "QUEUE", description = "where its tasks wait")
    @Nullable
    String queue;

    @Option(names = "--priority", paramLabel = "N", description = "of its tasks, -100 to 100")
    @Nullable
    Integer priority;

    @Option(names = "--max-attempts", paramLabel = "N", description = "so many counted attempts at most")
    @Nullable
    Integer maxAttempts;

    @Override
    void check(World world) {
        rule.check();
        if (!rule.isAny() && queue == null && priority == null && maxAttempts == null) {
            throw Refusal.usage("say what to change; ./errand schedules edit --help lists the options");
        }
    }

    @Override
    int run(Session session, Schedules schedules) {
        Instant now = session.now();
        Optional<ScheduleInfo> changed = schedules.edit(name, definition -> changed(definition, now));
        if (changed.isEmpty()) {
            throw Refusal.notDone(unknown(name));
        }
        session.audit("schedule " + name + ": edited");
        if (session.out().isJson()) {
            session.out().item(new Json().put("schedule", name).put("result", "edited"));
        } else {
            session.out().line(Safe.line(name + " edited"));
        }
        return Exit.DONE;
    }

    private Definition changed(Definition before, Instant now) {
        Definition next = rule.rule(now, before.rule()).map(before::withRule).orElse(before);
        next = rule.overlap == null ? next : next.withOverlap(rule.overlap);
        next = rule.missed().map(next::withMissed).orElse(next);
        next = rule.jitter == null ? next : next.withJitter(rule.jitter);
        next = queue == null ? next : next.withTask(next.task().withQueue(queue));
        next = priority == null ? next : next.withTask(next.task().withPriority(priority));
        return maxAttempts == null ? next : next.withTask(next.task().withMaxAttempts(maxAttempts));
    }
}
