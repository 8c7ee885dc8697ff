package dev.errand;

/** The keys that every log line of a handler, and the engine's own lines about a task, carry in SLF4J's MDC. */
public final class Mdc {
    /** The task's id. */
    public static final String TASK_ID = "task.id";

    /** The wire name of its type. */
    public static final String TASK_TYPE = "task.type";

    /** The queue that it came from. */
    public static final String TASK_QUEUE = "task.queue";

    /** Which counted attempt it is, from 1. */
    public static final String TASK_ATTEMPT = "task.attempt";

    private Mdc() {}
}
