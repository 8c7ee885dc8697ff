package dev.errand.client;

import dev.errand.ConfigurationException;
import dev.errand.Duplicate;
import dev.errand.EnqueueResult;
import dev.errand.Enqueued;
import dev.errand.ErrandException;
import dev.errand.Replaced;
import dev.errand.StorageException;
import dev.errand.TaskId;
import dev.errand.broker.Envelope;
import dev.errand.broker.Receipt;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.ScheduleStore.Result;
import dev.errand.broker.ScheduleStore.Run;
import dev.errand.broker.ScheduleStore.Stored;
import dev.errand.schedule.Definition;
import dev.errand.time.Time;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes stored schedules: reads one, makes the next version of it, and begins anew if somebody else was faster. Thread-safe.
 *
 * <p>A schedule that gets another rule fires at no time before that. One that keeps its rule keeps what is due.
 */
public final class ScheduleBook {
    /** Somebody else is faster now and then, but not always. */
    private static final int TRIES = 1_000;

    private final ScheduleStore store;
    private final Predicate<TaskId> open;
    private final Time time;

    /** With {@code open} to know whether a task has not ended. */
    public ScheduleBook(ScheduleStore store, Predicate<TaskId> open, Time time) {
        this.store = store;
        this.open = open;
        this.time = time;
    }

    /** What code wants at its start: stored if it is new or says something else than it did before. */
    public void declare(Declaration wanted) {
        String fingerprint = wanted.fingerprint();
        change(wanted.name(), stored -> {
            Instant now = now();
            Stored next = stored != null && fingerprint.equals(stored.declared())
                    ? stored
                    : replaced(stored, wanted, fingerprint, now);
            return new Stored(
                    next.name(),
                    next.definition(),
                    next.payload(),
                    next.handled(),
                    next.due(),
                    next.waiting(),
                    next.paused(),
                    next.lastTask(),
                    fingerprint,
                    now,
                    next.version());
        });
    }

    /** Stores a new one; false if there is one of that name. */
    public boolean create(Declaration wanted) {
        return store.put(replaced(null, wanted, null, now()), 0);
    }

    /** Stores a new one, or puts it into the place of the one that is there. */
    public Stored put(Declaration wanted) {
        return change(
                        wanted.name(),
                        stored -> replaced(stored, wanted, stored == null ? null : stored.declared(), now()))
                .orElseThrow();
    }

    /** Changes the definition of one; empty if there is none. */
    public Optional<Stored> edit(String name, UnaryOperator<Definition> edit) {
        return change(name, stored -> {
            if (stored == null) {
                return null;
            }
            Definition next = edit.apply(definition(stored));
            return replaced(stored, new Declaration(name, next, stored.payload()), stored.declared(), now());
        });
    }

    /** Holds one back or lets it go on, from now; false if there is none. */
    public boolean pause(String name, boolean paused) {
        return change(name, stored -> {
                    if (stored == null || stored.paused() == paused) {
                        return stored;
                    }
                    if (stored.isDamaged()) {
                        throw unusable(stored, "its record cannot be read"); // and would be written over
                    }
                    Instant handled = paused ? stored.handled() : later(stored.handled(), now());
                    return new Stored(
                            name,
                            stored.definition(),
                            stored.payload(),
                            handled,
                            paused ? stored.due() : due(stored, handled),
                            stored.waiting(),
                            paused,
                            stored.lastTask(),
                            stored.declared(),
                            stored.seen(),
                            stored.version());
                })
                .isPresent();
    }

    /** Enqueues a task of it now, whatever its rule and its last task; empty if there is none. */
    public Optional<EnqueueResult> runNow(String name) {
        for (int i = 0; i < TRIES; i++) {
            Stored stored = store.find(name).orElse(null);
            if (stored == null) {
                return Optional.empty();
            }
            Instant now = now();
            Envelope task = new Occurrence(name, now)
                    .taskByHand(stored.version(), definition(stored).task(), stored.payload(), now);
            TaskId last = stored.lastTask();
            Stored next = new Stored(
                    name,
                    stored.definition(),
                    stored.payload(),
                    stored.handled(),
                    stored.due(),
                    stored.waiting(),
                    stored.paused(),
                    last != null && open.test(last) ? last : task.id(),
                    stored.declared(),
                    stored.seen(),
                    stored.version());
            Run run = new Run(now, now, Result.ENQUEUED_BY_HAND, task.id());
            Optional<EnqueueResult> answer = store.advance(next, stored.version(), List.of(task), List.of(run))
                    .map(receipts -> answer(task, receipts.getFirst()));
            if (answer.isPresent()) {
                return answer;
            }
        }
        throw tooBusy(name);
    }

    private static EnqueueResult answer(Envelope task, Receipt receipt) {
        return switch (receipt) {
            case Receipt.Stored stored -> new Enqueued(task.id());
            case Receipt.Duplicate duplicate -> new Duplicate(duplicate.existing());
            case Receipt.Replaced replaced -> new Replaced(replaced.existing());
            case Receipt.Refused refused -> throw refused.why();
        };
    }

    private Optional<Stored> change(String name, Function<@Nullable Stored, @Nullable Stored> step) {
        for (int i = 0; i < TRIES; i++) {
            Stored before = store.find(name).orElse(null);
            Stored next = step.apply(before);
            if (next == null || next.equals(before) || store.put(next, before == null ? 0 : before.version())) {
                return Optional.ofNullable(next);
            }
        }
        throw tooBusy(name);
    }

    private static ErrandException tooBusy(String name) {
        return new StorageException("The schedule " + name + " was changed by others " + TRIES
                + " times while this change was tried; try it again");
    }

    private static Stored replaced(
            @Nullable Stored before, Declaration wanted, @Nullable String declared, Instant now) {
        Definition next = wanted.definition();
        boolean sameRule = before != null && hasRuleOf(before, next);
        Instant handled = before == null ? now : sameRule ? before.handled() : later(before.handled(), now);
        return new Stored(
                wanted.name(),
                next.text(),
                wanted.payload(),
                handled,
                due(wanted.name(), next, handled),
                before != null && sameRule ? before.waiting() : List.of(),
                before != null && before.paused(),
                before == null ? null : before.lastTask(),
                declared,
                before == null ? null : before.seen(),
                before == null ? 0 : before.version());
    }

    private static boolean hasRuleOf(Stored stored, Definition other) {
        try {
            return Definition.parse(stored.definition()).rule().equals(other.rule());
        } catch (ConfigurationException e) {
            return false; // nobody can tell, so nothing of it is made up for
        }
    }

    private static Definition definition(Stored stored) {
        try {
            return Definition.parse(stored.definition());
        } catch (ConfigurationException e) {
            throw (ConfigurationException) unusable(stored, e.getMessage()).initCause(e);
        }
    }

    private static ConfigurationException unusable(Stored stored, @Nullable String why) {
        return new ConfigurationException("The schedule " + stored.name() + " has a definition that cannot be used: "
                + why + "; put it anew or delete it");
    }

    private static @Nullable Instant due(Stored stored, Instant handled) {
        try {
            return due(stored.name(), Definition.parse(stored.definition()), handled);
        } catch (ConfigurationException e) {
            return stored.due();
        }
    }

    private static @Nullable Instant due(String name, Definition definition, Instant handled) {
        return Occurrence.next(name, definition.rule(), handled)
                .map(next -> next.fires(definition.jitter()))
                .orElse(null);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private Instant now() {
        return time.now().truncatedTo(ChronoUnit.MILLIS);
    }
}
