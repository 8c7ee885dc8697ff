package dev.errand.broker;

import dev.errand.TaskId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What running attempts keep with their tasks beside the outcome: finished steps, progress, log lines. It lives as long as
 * its task, whatever state that is in, and goes with it; an edit and a redrive keep it, an enqueue that replaces the task ({@link
 * Debounce}) drops it. For brokers with {@link Capability#STEPS},
 * {@link Capability#PROGRESS}, {@link Capability#TASK_LOG}; a broker with only some of them never gets the other notes.
 */
public interface TaskRecords {
    /** The most log lines that are kept with a task; older ones are dropped. */
    int MAX_LINES = 200;

    /** The most steps that are kept with a task. */
    int MAX_STEPS = 1_000;

    /** The longest text of a {@link Line}, in characters. */
    int MAX_LINE = 2_000;

    /** The longest text of a {@link Progress}, in characters. */
    int MAX_PROGRESS_TEXT = 255;

    /**
     * Writes notes down, durably as an outcome is; an answer for each, in order: refused as {@link Settled.Stale} unless the
     * lease is the task's newest and the task is active. Notes of one task are applied in the list's order. May be repeated
     * after an exception: a step that is there already keeps its first result, a log line of the same run and number is kept once. One step
     * too many is {@link Settled.Refused}.
     */
    List<Settled> write(List<Note> notes);

    /** The finished steps of a task, by name; empty if there are none or the task is unknown. */
    Map<String, Payload> steps(TaskId id);

    /** The names of a task's finished steps; the results, which may be large, need not be read for it. */
    default Set<String> stepNames(TaskId id) {
        return steps(id).keySet();
    }

    /** How far the task has come; empty if it never said so. */
    Optional<Progress> progress(TaskId id);

    /** The task's last log lines, oldest first. */
    List<Line> log(TaskId id);

    /** Something to keep with a task. */
    sealed interface Note {
        /** The attempt that speaks. */
        Lease lease();

        /**
         * A step has finished.
         *
         * @param name of the step, unique within the task
         * @param result what it answered, encoded
         */
        record StepDone(Lease lease, String name, Payload result) implements Note {}

        /** The task has come so far; replaces what was said before. */
        record Came(Lease lease, Progress progress) implements Note {}

        /**
         * A log line.
         *
         * @param number counts the lines of this run from 0
         */
        record Logged(Lease lease, int number, Line line) implements Note {}
    }

    /**
     * How far a task has come.
     *
     * @param fraction 0 to 1
     * @param text in words, at most 255 characters; may be empty
     * @param at when it was said
     */
    record Progress(double fraction, String text, Instant at) {}

    /**
     * A line of a task's own log.
     *
     * @param at when it was written
     * @param attempt of which counted attempt, from 1
     * @param text at most 2,000 characters
     */
    record Line(Instant at, int attempt, String text) {}
}
