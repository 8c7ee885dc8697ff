package dev.errand.cli;

import dev.errand.Events;
import dev.errand.SubscriptionInfo;
import dev.errand.TaskState;
import dev.errand.broker.Capability;
import dev.errand.broker.EventPattern;
import dev.errand.cli.text.Json;
import dev.errand.cli.text.Safe;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code subscriptions delete}. */
@Command(
        name = "delete",
        description = {
            "Delete a subscription with all its tasks and dead letters, after a look at what that is;",
            "or with --event only take an event or pattern from it."
        },
        footer = {
            "",
            "A worker that subscribes makes it anew at its start, so deploy without it first.",
            "Exit code 1 if there is no such subscription, or nothing was done."
        })
final class SubscriptionDeleteCommand extends EventCommand {
    @Parameters(paramLabel = "NAME", description = "the subscription")
    String name = "";

    @Option(names = "--event", paramLabel = "EVENT", description = "take only this event or pattern from it")
    @Nullable
    String event;

    @Option(names = "--dry-run", description = "only say what would be done")
    boolean dryRun;

    @Option(
            names = {"-y", "--yes"},
            description = "do not ask")
    boolean yes;

    @Override
    int run(Session session, Events events) {
        Optional<SubscriptionInfo> found = events.find(name);
        if (found.isEmpty()) {
            return say(session, "unknown", false, unknown(name));
        }
        return event == null ? delete(session, events, found.get()) : takeAway(session, events, event);
    }

    private int takeAway(Session session, Events events, String pattern) {
        if (dryRun) {
            return say(session, "would no longer get " + pattern, true, "");
        }
        if (!events.remove(name, EventPattern.of(pattern))) {
            return say(session, "unknown", false, name + " does not get " + pattern + " by that name or pattern");
        }
        session.audit("subscription " + name + ": no longer gets " + pattern);
        return say(session, "no longer gets " + pattern, true, "");
    }

    private int delete(Session session, Events events, SubscriptionInfo subscription) {
        String content = content(session, subscription);
        if (dryRun) {
            return say(session, "would be deleted with " + content, true, "");
        }
        if (!yes) {
            if (!session.world().terminal().in() || session.out().isJson()) {
                throw Refusal.usage("the subscription " + name + " would be deleted with " + content
                        + ", and nobody can be asked; look at it with --dry-run, then give --yes");
            }
            if (!session.out()
                    .ask("The subscription " + name + " will be deleted with " + content + ". Go on? [y/N] ")) {
                throw Refusal.notDone("nothing was done");
            }
        }
        if (!events.remove(name)) {
            return say(session, "unknown", false, unknown(name));
        }
        session.audit("subscription " + name + ": deleted with " + content);
        return say(session, "deleted with " + content, true, "");
    }

    /** What goes with it, and who would make it anew. */
    private static String content(Session session, SubscriptionInfo subscription) {
        List<String> parts = new ArrayList<>();
        if (session.can(Capability.COUNTS)) {
            Map<TaskState, Long> counts = session.stats().counts(subscription.queue());
            counts.forEach((state, count) -> {
                if (count > 0 && state != TaskState.ACTIVE) {
                    parts.add(count + " " + state.name().toLowerCase(Locale.ROOT));
                }
            });
        } else if (subscription.depth() > 0) {
            parts.add(subscription.depth() + " ready");
        }
        String tasks = parts.isEmpty() ? "no task" : String.join(", ", parts);
        Integer workers = subscription.workers();
        return workers == null || workers == 0
                ? tasks
                : tasks + " (" + workers + (workers == 1 ? " worker serves" : " workers serve")
                        + " it and may make it anew)";
    }

    private int say(Session session, String result, boolean done, String problem) {
        if (session.out().isJson()) {
            session.out()
                    .item(new Json()
                            .put("subscription", name)
                            .put("done", done && !dryRun)
                            .put("result", result));
        } else if (done) {
            session.out().line(Safe.line(name + " " + result));
        } else {
            session.out().problem(problem);
        }
        return done ? Exit.DONE : Exit.NOT_DONE;
    }
}
