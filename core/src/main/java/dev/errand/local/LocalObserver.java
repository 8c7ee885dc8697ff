package dev.errand.local;

/**
 * Is told of everything that happens to the jobs of a {@link LocalTasks}, on the thread to which it happens: must be quick and
 * thread-safe. What it throws is logged and otherwise ignored.
 */
@FunctionalInterface
public interface LocalObserver {
    /** Something happened. */
    void on(LocalEvent event);
}
