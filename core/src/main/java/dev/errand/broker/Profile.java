package dev.errand.broker;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What a broker promises.
 *
 * @param name short and in lower case: {@code sqlite}
 * @param capabilities beyond the core level
 * @param durability of an acknowledged task
 * @param granularity the most by which a due task may be late when nothing else delays it
 * @param dueClock whose clock decides what is due
 * @param maxRun the longest that a delivery can be held; empty: as long as it is renewed
 */
public record Profile(
        String name,
        Set<Capability> capabilities,
        Durability durability,
        Duration granularity,
        DueClock dueClock,
        Optional<Duration> maxRun) {
    /** Whose clock decides. */
    public enum DueClock {
        /** The clock of the process that enqueues or works. */
        CLIENT,
        /** The broker's own. */
        SERVER
    }

    /** Copies the set. */
    public Profile {
        capabilities = Set.copyOf(capabilities);
    }

    /** Whether the broker has this capability. */
    public boolean can(Capability capability) {
        return capabilities.contains(capability);
    }
}
