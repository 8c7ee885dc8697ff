package dev.errand.explain;

import java.util.List;

/**
 * One thing that was found.
 *
 * @param level how bad it is
 * @param code which thing, for programs: words of small letters with hyphens, such as {@code queue-paused}; stays the same
 *     from release to release
 * @param what it, in one sentence that names the task, queue, worker or schedule concerned
 * @param details more lines, may be empty
 * @param remedy what to do about it; empty if nothing is to be done
 */
public record Finding(Level level, String code, String what, List<String> details, String remedy) {
    /** How bad a finding is. */
    public enum Level {
        /** Nothing is wrong with it. */
        OK,
        /** Somebody should look at it, or it delays a task. */
        WARN,
        /** Somebody must do something, or it keeps a task from running. */
        BAD
    }

    /** Copies the list. */
    public Finding {
        details = List.copyOf(details);
    }

    static Finding ok(String code, String what, String... details) {
        return new Finding(Level.OK, code, what, List.of(details), "");
    }

    static Finding warn(String code, String what, String remedy) {
        return new Finding(Level.WARN, code, what, List.of(), remedy);
    }

    static Finding bad(String code, String what, String remedy) {
        return new Finding(Level.BAD, code, what, List.of(), remedy);
    }

    Finding with(List<String> more) {
        return new Finding(level, code, what, more, remedy);
    }

    Finding remedied(String next) {
        return new Finding(level, code, what, details, next);
    }
}
