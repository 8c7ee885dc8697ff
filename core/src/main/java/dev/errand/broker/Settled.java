package dev.errand.broker;

import dev.errand.ErrandException;

/** The broker's answer to one {@link Outcome}. */
public sealed interface Settled {
    /** Written down, durably. */
    record Done() implements Settled {}

    /** Refused: the attempt is not the task's newest any more, or the task has ended or gone. Do not repeat. */
    record Stale() implements Settled {}

    /**
     * Not written down, and repeating this very outcome cannot help (a result that is too large, say).
     *
     * @param why names the task and the remedy
     */
    record Refused(ErrandException why) implements Settled {}
}
