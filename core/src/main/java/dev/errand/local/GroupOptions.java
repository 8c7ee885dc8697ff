package dev.errand.local;

import dev.errand.ConfigurationException;

/** How a group works. For one thread, within the lambda that it is given to. */
public final class GroupOptions {
    int limit = Integer.MAX_VALUE;
    boolean collecting;

    GroupOptions() {}

    /** At most so many forks that have not ended; forking waits for one of them to end. At least 1; no limit by default. */
    public GroupOptions limit(int forks) {
        if (forks < 1) {
            throw new ConfigurationException("The limit " + forks + " is too small; give at least 1");
        }
        this.limit = forks;
        return this;
    }

    /** A failure does not cancel the others; {@code join} waits for all and then throws if any has failed. */
    public GroupOptions collectFailures() {
        this.collecting = true;
        return this;
    }
}
