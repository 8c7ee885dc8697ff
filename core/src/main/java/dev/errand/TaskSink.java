package dev.errand;

/**
 * Where tasks go: a broker ({@link Errand}), this process ({@link dev.errand.local.LocalTasks}), or the one with the other
 * for its overflow. Code that takes a sink can be moved between them by one line where the sink is made.
 */
public interface TaskSink {
    /**
     * Hands a task over.
     *
     * @throws ErrandException if it was not taken; the message says why
     */
    <P> EnqueueResult enqueue(AnyTaskType<P> type, P payload);
}
