package dev.errand.broker;

import java.time.Duration;

/**
 * Makes a task one of its kind: while a task of the same type and key waits or runs, and in any case until {@code ttl}
 * after its enqueue, another enqueue is answered with the first one's id and stores nothing. Cancelling or deleting the
 * first one frees the key at once; completing or dying frees it when the time to live has passed.
 *
 * @param key the key within the type, not blank, at most 255 characters
 * @param ttl zero or more
 */
public record UniqueKey(String key, Duration ttl) {
    /** Checks the key as every name. */
    public UniqueKey {
        Names.check("unique key", key);
    }
}
