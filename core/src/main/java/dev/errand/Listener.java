package dev.errand;

/**
 * Hears what happens in a client and its workers: for metrics, audits, alarms. Called by one thread, a daemon of its own that is
 * never a task's, in the order in which things happened to one task. What it throws is logged, at most once a minute, and
 * forgotten. One that is too slow misses notices, which are counted ({@link Errand#listenersMissed}) and logged; it slows
 * neither tasks nor other listeners. Not for what must happen: use middleware or the handler for that.
 */
@FunctionalInterface
public interface Listener {
    /** Something has happened. */
    void on(Notice notice);

    /**
     * A client that has this listener is connected. Called once, on the thread that connects and before anything can happen; what
     * it throws fails the connecting. Not called for a listener of a single worker.
     */
    default void connected(Errand errand) {}

    /**
     * The client, or the worker, that has this listener closes, and nothing more is heard. Called on the listener's thread, while
     * the broker is still connected, unless the listener is too slow to get there.
     */
    default void closed() {}
}
