package dev.errand.cli;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.TaskFilter;
import dev.errand.cli.text.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Doing the same to one dead letter or to many: by ids at once, by a filter after a look at what it comes to. A filter means
 * what was dead when the command began.
 */
abstract class DeadBulk extends BrokerCommand {
    /** So many at a time: a call of the broker stays short. */
    private static final int SLICE = 500;

    private static final int PREVIEW = 10;
    private static final int MOST = 1_000_000;

    @Parameters(paramLabel = "ID", arity = "0..*", description = "dead letters; - reads ids from standard input")
    List<String> ids = List.of();

    @Option(names = "--all", description = "every dead letter of the broker, or with --queue and so on all that match")
    boolean all;

    @Mixin
    FilterOptions filter = new FilterOptions();

    @Option(names = "--limit", paramLabel = "N", description = "at most so many, the oldest first")
    int limit = MOST;

    @Option(names = "--dry-run", description = "only say what would be done")
    boolean dryRun;

    @Option(
            names = {"-y", "--yes"},
            description = "do not ask")
    boolean yes;

    /** To one; false if it is no dead letter. */
    abstract boolean one(DeadLetters letters, TaskId id);

    /** To the oldest that match; answers how many. */
    abstract int many(DeadLetters letters, TaskFilter which, int max);

    /** What is done, as in "redriven". */
    abstract String done();

    @Override
    void check(World world) {
        if (limit < 1) {
            throw Refusal.usage("--limit " + limit + " is out of range; give at least 1");
        }
        if (ids.isEmpty() && !all && !filter.isAny()) {
            throw Refusal.usage(
                    "say which: ids, --all, or a filter such as --queue or --type; --dry-run shows what it comes to");
        }
        if (!ids.isEmpty() && (all || filter.isAny())) {
            throw Refusal.usage("give either ids or a filter, not both");
        }
    }

    @Override
    int run(Session session) throws IOException {
        return ids.isEmpty() ? byFilter(session) : byId(session);
    }

    private int byId(Session session) throws IOException {
        int count = 0;
        List<TaskId> wanted = Ids.read(ids, session.world());
        for (TaskId id : wanted) {
            boolean was = dryRun ? session.deadLetters().show(id).isPresent() : one(session.deadLetters(), id);
            count += was ? 1 : 0;
            String result = !was ? "no dead letter" : dryRun ? "would be " + done() : done();
            if (was && !dryRun) {
                session.audit("task " + id + ": " + done());
            }
            if (session.out().isJson()) {
                session.out()
                        .item(new Json()
                                .put("id", id)
                                .put("done", was && !dryRun)
                                .put("result", result));
            } else if (was) {
                session.out().line(dev.errand.cli.text.Safe.line(id + " " + result));
            } else {
                session.out()
                        .problem("there is no dead letter " + id + "; ./errand explain " + id
                                + " says what became of it");
            }
        }
        return count == wanted.size() && count > 0 ? Exit.DONE : Exit.NOT_DONE;
    }

    private int byFilter(Session session) {
        DeadLetters letters = session.deadLetters();
        Instant now = session.now();
        // What dies from now on was not looked at; what is redriven and dies at once again is not redriven twice.
        TaskFilter which = filter.filter(now, Set.of()).endedBefore(now);
        int found = letters.count(which, Math.min(limit, Integer.MAX_VALUE - 1) + 1);
        int count = Math.min(found, limit);
        boolean cut = found > limit;
        if (count == 0) {
            return say(session, 0, "No dead letter matches.");
        }
        if (dryRun) {
            preview(session, letters, which, count, cut);
            return say(session, count, "");
        }
        if (!yes && !agreed(session, letters, which, count, cut)) {
            throw Refusal.notDone("nothing was done");
        }
        int did = 0;
        try {
            while (did < count) {
                int slice = many(letters, which, Math.min(SLICE, count - did));
                did += slice;
                session.out().progress(done(), did, count);
                if (slice == 0) {
                    break;
                }
            }
        } finally {
            // Also when the broker goes away on the way: what was done until then was done.
            session.audit(did + " dead letters " + done() + ", filter " + describe());
        }
        return say(session, did, "");
    }

    private boolean agreed(Session session, DeadLetters letters, TaskFilter which, int count, boolean cut) {
        if (!session.world().terminal().in() || session.out().isJson()) {
            throw Refusal.usage(count + " dead letters would be " + done()
                    + ", and nobody can be asked; look at them with --dry-run, then give --yes");
        }
        preview(session, letters, which, count, cut);
        return session.out().ask(count + " dead letters will be " + done() + ". Go on? [y/N] ");
    }

    /** The newest of them; the oldest, with which the work begins, if it does not come to all that match. */
    private static void preview(Session session, DeadLetters letters, TaskFilter which, int count, boolean cut) {
        if (session.out().isJson()) {
            return;
        }
        List<TaskInfo> some = cut ? oldest(letters, which, Math.min(PREVIEW, count)) : newest(letters, which, PREVIEW);
        session.out().table(TaskText.table(some, session.now()), "");
        if (count > some.size()) {
            session.out().note("… and " + (count - some.size()) + " more");
        }
        if (cut) {
            session.out().note("These are the oldest; the newer ones that match stay.");
        }
    }

    private static List<TaskInfo> newest(DeadLetters letters, TaskFilter which, int most) {
        List<TaskInfo> newest = new ArrayList<>();
        Pages.read((cursor, size) -> letters.list(which, cursor, size), Optional.empty(), most, newest::addAll);
        return newest;
    }

    /** Brokers list the newest first, so all are read, and only the last ones kept. */
    private static List<TaskInfo> oldest(DeadLetters letters, TaskFilter which, int most) {
        List<TaskInfo> last = new ArrayList<>();
        Pages.read((cursor, size) -> letters.list(which, cursor, size), Optional.empty(), Long.MAX_VALUE, page -> {
            last.addAll(page);
            last.subList(0, Math.max(0, last.size() - most)).clear();
        });
        return last.reversed();
    }

    private int say(Session session, int count, String none) {
        if (session.out().isJson()) {
            session.out()
                    .item(new Json().put("count", count).put("done", !dryRun).put("result", done()));
        } else if (count > 0) {
            session.out().line(count + (dryRun ? " would be " : " ") + done());
        } else {
            session.out().note(none);
        }
        return count == 0 ? Exit.NOT_DONE : Exit.DONE;
    }

    private String describe() {
        return (filter.queue == null ? "" : "queue=" + filter.queue + " ")
                + (filter.type == null ? "" : "type=" + filter.type + " ")
                + (filter.since == null ? "" : "since=" + filter.since + " ")
                + (filter.until == null ? "" : "until=" + filter.until + " ")
                + (filter.error == null ? "" : "error=" + filter.error + " ")
                + (filter.isAny() ? "" : "all");
    }
}
