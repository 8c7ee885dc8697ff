package dev.errand;

/** How a worker runs one task type. For one thread, within the lambda that it is given to. */
public final class HandlerOptions {
    int max = Integer.MAX_VALUE;

    HandlerOptions() {}

    /** The most tasks of the type that run at once in this worker; no limit of its own by default. */
    public HandlerOptions max(int tasks) {
        if (tasks < 1) {
            throw new ConfigurationException("The limit " + tasks + " is too small; give at least 1");
        }
        this.max = tasks;
        return this;
    }
}
