package dev.errand.schedule;

import dev.errand.ConfigurationException;

/**
 * What is done about due times that have passed by more than a minute when a worker looks, because none was running.
 *
 * @param kind the choice
 * @param most how many are made up for at most: the latest ones; means something with {@link Kind#ALL} alone
 */
public record Missed(Kind kind, int most) {
    /** The highest limit for {@link #all}. */
    public static final int MAX = 100;

    /** The choices. */
    public enum Kind {
        /** They are left out. */
        SKIP,
        /** One task for all of them, that of the latest; none if a due time that is not missed comes with them. */
        ONCE,
        /** A task for each. */
        ALL
    }

    /** Checks the limit. */
    public Missed {
        if (most < 1 || most > MAX) {
            throw new ConfigurationException(
                    "The limit of " + most + " missed runs that are made up for is out of range; give 1 to " + MAX);
        }
    }

    /** They are left out. */
    public static Missed skip() {
        return new Missed(Kind.SKIP, 1);
    }

    /** One task for all of them; the default. */
    public static Missed once() {
        return new Missed(Kind.ONCE, 1);
    }

    /**
     * A task for each, in order: at once if overlap is allowed, else one after the other.
     *
     * @param most 1 to {@value #MAX}; of more than that, the earlier ones are left out
     */
    public static Missed all(int most) {
        return new Missed(Kind.ALL, most);
    }
}
