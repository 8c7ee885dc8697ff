package dev.errand.broker;

import dev.errand.AttemptError;
import java.util.ArrayList;
import java.util.List;

/**
 * What has happened to a task so far, counted by us and never by the broker.
 *
 * @param attempts counted attempts that have failed; a run that is going on is not in it
 * @param crashes runs that ended with their worker's death or with a lost lease
 * @param errors the latest of them, oldest first, at most {@value #MAX_ERRORS}
 */
public record History(int attempts, int crashes, List<AttemptError> errors) {
    /** The most errors that are kept with a task; older ones are dropped. */
    public static final int MAX_ERRORS = 10;

    /** Nothing has happened. */
    public static final History NONE = new History(0, 0, List.of());

    /** Keeps the newest errors only. */
    public History {
        int size = errors.size();
        errors = List.copyOf(size > MAX_ERRORS ? errors.subList(size - MAX_ERRORS, size) : errors);
    }

    /** One more counted failure. */
    public History failed(AttemptError error) {
        return new History(attempts + 1, crashes, plus(error));
    }

    /** One more crash; not a counted attempt. */
    public History crashed(AttemptError error) {
        return new History(attempts, crashes + 1, plus(error));
    }

    /** An error to remember that counts neither as attempt nor as crash. */
    public History noted(AttemptError error) {
        return new History(attempts, crashes, plus(error));
    }

    /** As a redriven task starts again: no attempts, no crashes, the errors kept. */
    public History redriven() {
        return new History(0, 0, errors);
    }

    private List<AttemptError> plus(AttemptError error) {
        List<AttemptError> all = new ArrayList<>(errors);
        all.add(error);
        return all;
    }
}
