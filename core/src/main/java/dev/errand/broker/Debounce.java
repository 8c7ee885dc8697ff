package dev.errand.broker;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Lets a later task take the place of a waiting one. While a task of the same type and key waits (scheduled, ready or to be
 * retried; not active), an enqueue stores nothing new but {@linkplain Envelope#replacing replaces} that task, which keeps its
 * id and is postponed, though never beyond {@code latest} of the first of them. While the task is active another one is
 * stored. A task that comes back from an attempt, or is redriven, while another of its key waits is debounced no more: both
 * run.
 *
 * @param key the key within the type, not blank, at most 255 characters
 * @param latest until when the task may be postponed
 */
public record Debounce(String key, Instant latest) {
    /** Checks the key as every name, and truncates the time to milliseconds. */
    public Debounce {
        Names.check("debounce key", key);
        latest = latest.truncatedTo(ChronoUnit.MILLIS);
    }
}
