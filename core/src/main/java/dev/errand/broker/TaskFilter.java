package dev.errand.broker;

import dev.errand.AttemptError;
import dev.errand.InvalidTaskException;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which tasks to list; what is empty does not restrict.
 *
 * @param queue only of this queue
 * @param type only of this task type
 * @param states only in one of these
 * @param createdFrom only enqueued at this time or later
 * @param createdBefore only enqueued before this time
 * @param endedFrom only ended at this time or later
 * @param endedBefore only ended before this time
 * @param errorContains only with this text, in upper and lower case as given, in the reason or in the last error, as
 *     {@link #errorText} writes it; 1 to {@value #MAX_TEXT} characters
 */
public record TaskFilter(
        Optional<String> queue,
        Optional<String> type,
        Set<TaskState> states,
        Optional<Instant> createdFrom,
        Optional<Instant> createdBefore,
        Optional<Instant> endedFrom,
        Optional<Instant> endedBefore,
        Optional<String> errorContains) {
    /** The longest text to look for. */
    public static final int MAX_TEXT = 1_000;

    /** Every task. */
    public static final TaskFilter ALL = new TaskFilter(Optional.empty(), Optional.empty(), Set.of());

    /** Copies the set, rounds the times up to milliseconds (those of tasks are whole ones), and checks the text. */
    public TaskFilter {
        states = Set.copyOf(states);
        createdFrom = createdFrom.map(Envelope::ceilToMillis);
        createdBefore = createdBefore.map(Envelope::ceilToMillis);
        endedFrom = endedFrom.map(Envelope::ceilToMillis);
        endedBefore = endedBefore.map(Envelope::ceilToMillis);
        errorContains.ifPresent(TaskFilter::check);
    }

    /** By queue, type and state alone. */
    public TaskFilter(Optional<String> queue, Optional<String> type, Set<TaskState> states) {
        this(
                queue,
                type,
                states,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static void check(String text) {
        if (text.isEmpty() || text.length() > MAX_TEXT) {
            throw new InvalidTaskException(
                    "The text to look for in errors has " + text.length() + " characters; give 1 to " + MAX_TEXT);
        }
    }

    /** Also restricted to a queue. */
    public TaskFilter inQueue(String name) {
        return new TaskFilter(
                Optional.of(name), type, states, createdFrom, createdBefore, endedFrom, endedBefore, errorContains);
    }

    /** Also restricted to a task type. */
    public TaskFilter ofType(String name) {
        return new TaskFilter(
                queue, Optional.of(name), states, createdFrom, createdBefore, endedFrom, endedBefore, errorContains);
    }

    /** Also restricted to these states. */
    public TaskFilter in(TaskState... some) {
        return new TaskFilter(
                queue, type, Set.of(some), createdFrom, createdBefore, endedFrom, endedBefore, errorContains);
    }

    /** Also restricted to what was enqueued at this time or later. */
    public TaskFilter createdFrom(Instant time) {
        return new TaskFilter(
                queue, type, states, Optional.of(time), createdBefore, endedFrom, endedBefore, errorContains);
    }

    /** Also restricted to what was enqueued before this time. */
    public TaskFilter createdBefore(Instant time) {
        return new TaskFilter(
                queue, type, states, createdFrom, Optional.of(time), endedFrom, endedBefore, errorContains);
    }

    /** Also restricted to what ended at this time or later. */
    public TaskFilter endedFrom(Instant time) {
        return new TaskFilter(
                queue, type, states, createdFrom, createdBefore, Optional.of(time), endedBefore, errorContains);
    }

    /** Also restricted to what ended before this time. */
    public TaskFilter endedBefore(Instant time) {
        return new TaskFilter(
                queue, type, states, createdFrom, createdBefore, endedFrom, Optional.of(time), errorContains);
    }

    /**
     * Also restricted to what has this text in its reason or last error.
     *
     * @throws InvalidTaskException if it is empty or too long
     */
    public TaskFilter errorContains(String text) {
        return new TaskFilter(
                queue, type, states, createdFrom, createdBefore, endedFrom, endedBefore, Optional.of(text));
    }

    /** Whether it restricts by more than queue, type and state. */
    public boolean looksInside() {
        return createdFrom.isPresent()
                || createdBefore.isPresent()
                || endedFrom.isPresent()
                || endedBefore.isPresent()
                || errorContains.isPresent();
    }

    /** Whether a task is meant. */
    public boolean matches(TaskInfo task) {
        return matches(task.envelope(), task.state(), task.ended(), task.reason());
    }

    /** Whether a task with this state, end and reason is meant. */
    public boolean matches(Envelope task, TaskState state, @Nullable Instant ended, @Nullable String reason) {
        return queue.map(task.queue()::equals).orElse(true)
                && type.map(task.type()::equals).orElse(true)
                && (states.isEmpty() || states.contains(state))
                && isWithin(task.created(), createdFrom, createdBefore)
                && isWithin(ended, endedFrom, endedBefore)
                && errorContains.map(text -> isIn(text, task, reason)).orElse(true);
    }

    private static boolean isWithin(@Nullable Instant time, Optional<Instant> from, Optional<Instant> before) {
        if (time == null) {
            return from.isEmpty() && before.isEmpty();
        }
        return from.map(at -> !time.isBefore(at)).orElse(true)
                && before.map(time::isBefore).orElse(true);
    }

    private static boolean isIn(String text, Envelope task, @Nullable String reason) {
        List<AttemptError> errors = task.history().errors();
        return (reason != null && reason.contains(text))
                || (!errors.isEmpty() && errorText(errors.getLast()).contains(text));
    }

    /** An error as text: {@code class: message}. */
    public static String errorText(AttemptError error) {
        return error.error() + ": " + error.message();
    }
}
