package dev.errand.broker;

import dev.errand.BrokerClosedException;
import dev.errand.BrokerUnavailableException;
import dev.errand.ErrandException;
import dev.errand.TaskId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stored schedules. The engine evaluates the rules; the broker stores them and guards each change by a version, so that any
 * number of workers may fire and still every due time is handled once. For brokers with {@link Capability#SCHEDULES}.
 *
 * <p>Whatever may make a schedule due earlier than before is told to the workers by {@link Signals#schedulesChanged}.
 */
public interface ScheduleStore {
    /** How many runs of each schedule are remembered; older ones are dropped. */
    int MAX_RUNS = 100;

    /** What the definition of a damaged schedule begins with. */
    String DAMAGED = "damaged ";

    /** The most characters of a definition. */
    int MAX_DEFINITION = 256 * 1024;

    /** All of them, by name; those whose record cannot be read as {@link Stored#damaged}, here and elsewhere. */
    List<Stored> list();

    /** One of them. */
    Optional<Stored> find(String name);

    /**
     * Creates or changes a schedule. It is stored with a new version, whatever that of {@code next} is.
     *
     * @param expected the version that is to be replaced; 0: there must be none of this name
     * @return false if another version, or none, or one, is there; nothing has changed then
     */
    boolean put(Stored next, long expected);

    /** Removes one with its history; false if there is none. Tasks that it has enqueued stay. */
    boolean delete(String name);

    /** When the next one that is not paused falls due, later than {@code after}; empty: none does. */
    Optional<Instant> nextDue(Instant after);

    /**
     * Those that are not paused and are due at {@code now}, or have due times waiting; the longest due first, at most
     * {@code max}.
     */
    List<Stored> due(Instant now, int max);

    /**
     * In one atomic step: changes the schedule as {@link #put} does, stores the tasks as {@link Broker#enqueue} does, and
     * appends the runs to the history. A task that is a duplicate is left out, and its run becomes
     * {@link Result#DUPLICATE} with the task that was there before.
     *
     * @param runs those with a task name it by the id that it has in {@code tasks}
     * @return an answer for each task, in order; empty, and nothing is done, if the version is another one
     * @throws ErrandException if a task is refused; nothing is done then
     */
    Optional<List<Receipt>> advance(Stored next, long expected, List<Envelope> tasks, List<Run> runs);

    /**
     * The same for several schedules, each for itself: atomic one by one, not together. For many that are due at once a broker
     * that can does it with few commits or round trips.
     *
     * @param steps no schedule twice
     * @return an answer for each, in order; none is thrown away because another failed
     * @throws BrokerUnavailableException if the broker cannot be reached; some may have been done, and a repetition
     *     finds another version there
     */
    default List<Advanced> advance(List<Advance> steps) {
        List<Advanced> answers = new ArrayList<>(steps.size());
        for (Advance step : steps) {
            try {
                answers.add(advance(step.next(), step.expected(), step.tasks(), step.runs())
                        .<Advanced>map(Advanced.Done::new)
                        .orElseGet(Advanced.Superseded::new));
            } catch (BrokerUnavailableException | BrokerClosedException e) {
                throw e;
            } catch (ErrandException e) {
                answers.add(new Advanced.Failed(e));
            }
        }
        return answers;
    }

    /** The latest runs, newest first. */
    List<Run> runs(String name, int limit);

    /**
     * A schedule as it is stored. Instants carry milliseconds.
     *
     * @param name unique; a name as every other
     * @param definition rule, task, overlap and so on, as the engine has written it, at most {@value #MAX_DEFINITION}
     *     characters
     * @param payload of the tasks that it enqueues
     * @param handled every due time up to this one has been dealt with, or is none of this schedule's business
     * @param due when it fires next; null: never again
     * @param waiting due times that have come and wait until the last task has ended; oldest first
     * @param paused whether it is held back
     * @param lastTask the task whose end they wait for: that of its last run; null: none yet
     * @param declared the fingerprint of the code's declaration that it comes from; null: it was made by hand
     * @param seen when a worker last declared it; null: never
     * @param version above 0, and another one with each change, also of one that is deleted and made anew
     */
    record Stored(
            String name,
            String definition,
            Payload payload,
            Instant handled,
            @Nullable Instant due,
            List<Instant> waiting,
            boolean paused,
            @Nullable TaskId lastTask,
            @Nullable String declared,
            @Nullable Instant seen,
            long version) {
        /** Checks the name and the length, and copies the list. */
        public Stored {
            Names.check("schedule", name);
            if (definition.length() > MAX_DEFINITION) {
                throw new dev.errand.InvalidTaskException("The definition of the schedule " + name + " has "
                        + definition.length() + " characters; at most " + MAX_DEFINITION
                        + " are allowed: give it fewer or shorter headers");
            }
            waiting = List.copyOf(waiting);
        }

        /**
         * One whose record the broker cannot read: it never fires, is shown with {@code why}, can be deleted, and is replaced
         * by whoever stores it anew. A broker answers it in the place of the record, so that one bad record hurts no other
         * schedule.
         *
         * @param due when it would fire, if that is known
         */
        public static Stored damaged(String name, @Nullable Instant due, @Nullable String why, long version) {
            String text = DAMAGED
                    + (why == null
                            ? "nobody knows why"
                            : why.lines().findFirst().orElse(""));
            return new Stored(
                    name,
                    text.substring(0, Math.min(text.length(), 1_000)),
                    Payload.EMPTY,
                    Instant.EPOCH,
                    due,
                    List.of(),
                    false,
                    null,
                    null,
                    null,
                    version);
        }

        /** Whether its record cannot be read. */
        public boolean isDamaged() {
            return definition.startsWith(DAMAGED);
        }

        /** The same with another version. */
        public Stored withVersion(long next) {
            return new Stored(name, definition, payload, handled, due, waiting, paused, lastTask, declared, seen, next);
        }
    }

    /**
     * What became of one due time.
     *
     * @param due the time
     * @param fired when it was handled
     * @param result what was done
     * @param task the task that was enqueued, or was there before; null: none
     */
    record Run(
            Instant due,
            Instant fired,
            Result result,
            @Nullable TaskId task) {}

    /** What {@link #advance(Stored, long, List, List)} takes. */
    record Advance(Stored next, long expected, List<Envelope> tasks, List<Run> runs) {}

    /** What became of an {@link Advance}. */
    sealed interface Advanced {
        /** Stored, with an answer for each task, in order. */
        record Done(List<Receipt> receipts) implements Advanced {}

        /** Not done: the version is another one. */
        record Superseded() implements Advanced {}

        /** Not done, or nobody knows. */
        record Failed(ErrandException why) implements Advanced {}
    }

    /** What was done about a due time. */
    enum Result {
        /** A task was enqueued. */
        ENQUEUED,
        /** The same, by hand. */
        ENQUEUED_BY_HAND,
        /** Left out, because another task holds the unique key (or has the id). */
        DUPLICATE,
        /** Left out, because the task of the run before had not ended. */
        SKIPPED_OVERLAP,
        /** Left out, because nobody was there at the time. */
        SKIPPED_MISSED
    }
}
