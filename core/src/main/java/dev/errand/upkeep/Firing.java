package dev.errand.upkeep;

import dev.errand.TaskId;
import dev.errand.broker.Envelope;
import dev.errand.broker.ScheduleStore.Result;
import dev.errand.broker.ScheduleStore.Run;
import dev.errand.broker.ScheduleStore.Stored;
import dev.errand.client.Occurrence;
import dev.errand.schedule.Definition;
import dev.errand.schedule.Missed;
import dev.errand.schedule.Overlap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done about one schedule now: decides about each of its due times once, in order, by the choices for missed runs
 * and for overlap. Changes nothing; the result is stored in one step, or thrown away if somebody else was faster.
 */
final class Firing {
    /** A due time that is handled later than this after the last moment that its jitter allows is missed. */
    static final Duration GRACE = Duration.ofMinutes(1);

    /** How many due times that are not missed are handled in one step. */
    private static final int SLICE = 200;

    /** How many missed due times the history tells of, of those that are left out in one step. */
    private static final int TOLD = 10;

    /**
     * The decision.
     *
     * @param next the schedule afterwards
     * @param tasks to be enqueued
     * @param runs for the history
     */
    record Decision(Stored next, List<Envelope> tasks, List<Run> runs) {
        boolean isNothing(Stored before) {
            return tasks.isEmpty() && runs.isEmpty() && next.equals(before);
        }
    }

    private final Stored stored;
    private final Definition definition;
    private final Instant now;
    private final Predicate<TaskId> open;
    private final List<Envelope> tasks = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();
    private final Deque<Instant> waiting;
    private @Nullable TaskId lastTask;
    private @Nullable Boolean busy;
    private Instant handled;

    private Firing(Stored stored, Definition definition, Instant now, Predicate<TaskId> open) {
        this.stored = stored;
        this.definition = definition;
        this.now = now;
        this.open = open;
        this.waiting = new ArrayDeque<>(stored.waiting());
        this.lastTask = stored.lastTask();
        this.handled = stored.handled();
    }

    /** Decides; {@code open} tells whether a task has not ended. */
    static Decision decide(Stored stored, Definition definition, Instant now, Predicate<TaskId> open) {
        return new Firing(stored, definition, now, open).decide();
    }

    private Decision decide() {
        while (!waiting.isEmpty() && isFree()) {
            enqueue(waiting.removeFirst());
        }
        List<Instant> missed = missed();
        List<Instant> timely = timely();
        leaveOutOrMakeUp(missed, timely.isEmpty());
        timely.forEach(due -> take(due, false));
        Instant due = next();
        Stored next = new Stored(
                stored.name(),
                stored.definition(),
                stored.payload(),
                handled,
                due == null ? null : fires(due),
                List.copyOf(waiting),
                stored.paused(),
                lastTask,
                stored.declared(),
                stored.seen(),
                stored.version());
        return new Decision(next, tasks, runs);
    }

    /** The latest of those that nobody was there for; all of them are handled then. */
    private List<Instant> missed() {
        // Not by its own moment: with a jitter longer than the interval it may have waited for the one before it.
        Instant last = now.minus(GRACE).minus(definition.jitter()).minusMillis(1);
        List<Instant> missed = Latest.of(definition.rule(), handled, last, TOLD + Missed.MAX);
        if (!missed.isEmpty()) {
            handled = missed.getLast();
        }
        return missed;
    }

    private List<Instant> timely() {
        List<Instant> timely = new ArrayList<>();
        for (Instant due = next();
                due != null && timely.size() < SLICE && !fires(due).isAfter(now);
                due = next()) {
            timely.add(due);
            handled = due;
        }
        return timely;
    }

    private @Nullable Instant next() {
        return definition.rule().next(handled).orElse(null);
    }

    private Instant fires(Instant due) {
        return new Occurrence(stored.name(), due).fires(definition.jitter());
    }

    private void leaveOutOrMakeUp(List<Instant> missed, boolean alone) {
        Missed choice = definition.missed();
        int made = switch (choice.kind()) {
            case SKIP -> 0;
            case ONCE -> alone ? 1 : 0;
            case ALL -> choice.most();
        };
        int from = Math.max(0, missed.size() - made);
        missed.subList(Math.max(0, from - TOLD), from).forEach(due -> leaveOut(due, Result.SKIPPED_MISSED));
        missed.subList(from, missed.size()).forEach(due -> take(due, choice.kind() == Missed.Kind.ALL));
    }

    /** Enqueues a due time, has it wait, or leaves it out; {@code surely}: not left out. */
    private void take(Instant due, boolean surely) {
        if (waiting.isEmpty() && isFree()) {
            enqueue(due);
        } else if (surely || (definition.overlap() == Overlap.QUEUE && waiting.isEmpty())) {
            waiting.addLast(due);
            if (waiting.size() > Missed.MAX) {
                leaveOut(waiting.removeFirst(), Result.SKIPPED_OVERLAP);
            }
        } else {
            leaveOut(due, Result.SKIPPED_OVERLAP);
        }
    }

    private boolean isFree() {
        if (definition.overlap() == Overlap.ALLOW) {
            return true;
        }
        if (busy == null) {
            busy = lastTask != null && open.test(lastTask);
        }
        return !busy;
    }

    private void enqueue(Instant due) {
        Envelope task = new Occurrence(stored.name(), due).task(definition.task(), stored.payload(), now);
        tasks.add(task);
        runs.add(new Run(due, now, Result.ENQUEUED, task.id()));
        lastTask = task.id();
        busy = true;
    }

    private void leaveOut(Instant due, Result why) {
        runs.add(new Run(due, now, why, null));
    }
}
