package dev.errand;

import dev.errand.broker.AttemptToken;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;

/** What a handler may know and do about the attempt that it is. Thread-safe; of no use once the handler has returned. */
public interface TaskContext {
    /** The task's id: the same for every attempt, so good as an idempotency key. */
    TaskId id();

    /** The wire name under which the task was enqueued. */
    String type();

    /** The queue that it came from. */
    String queue();

    /** Which counted attempt this is, from 1. */
    int attempt();

    /** How many there may be. */
    int maxAttempts();

    /** How often it took its worker down before. */
    int crashes();

    /** Names this very run; its number grows with every run of the task. Pass it on to refuse what a superseded run says. */
    AttemptToken token();

    /** When this attempt is interrupted at the latest: by its timeout, or by the task's deadline if that is sooner. */
    Instant deadline();

    /** When the task was enqueued. */
    Instant created();

    /** The task's headers. */
    Map<String, String> headers();

    /**
     * Whether this attempt should stop: the task was cancelled, the time is up, the lease is lost, or the worker stops. The
     * handler's thread is interrupted then, too.
     */
    boolean cancelled();

    /** Enqueues a child task, which names this one as its parent. */
    <Q> EnqueueResult enqueue(AnyTaskType<Q> type, Q payload);

    /** The same with options. */
    <Q> EnqueueResult enqueue(AnyTaskType<Q> type, Q payload, Consumer<EnqueueOptions> options);
}
