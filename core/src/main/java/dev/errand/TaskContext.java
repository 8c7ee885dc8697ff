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

    /**
     * Runs a step of the work, unless an earlier attempt has finished it: then its result is answered, and the step is not run
     * again. The result is stored as safely as the broker's durability says before this method returns. If the process dies
     * between the step's work and that, the step runs again. A name that was used in this attempt before answers the first
     * result. Steps are kept with the task, also when its payload is edited or when it is redriven; a debounced task that is
     * replaced loses them. Only for types that declare {@code steps()}.
     *
     * @param name of the step, unique within the task, 1 to 255 characters; at most 1,000 steps a task
     * @param result what it answers, not null; encoded as payloads are, and at most as large
     * @param work what to do; what it throws is thrown, and nothing is kept
     * @throws SupersededException if the lease is lost: nothing was stored
     * @throws BrokerUnavailableException if the broker cannot be reached until this attempt is interrupted
     * @throws InvalidTaskException if the name is not one, the result too large, or there are too many steps
     * @throws CodecException if the result cannot be encoded, or a kept one not be decoded as {@code result}
     * @throws CapabilityException if the type does not declare steps
     */
    <R, X extends Exception> R step(String name, Class<R> result, StepWork<? extends R, X> work) throws X;

    /** The same for a generic result. */
    <R, X extends Exception> R step(String name, TypeToken<R> result, StepWork<? extends R, X> work) throws X;

    /** The same for a step without a result. */
    <X extends Exception> void step(String name, StepAction<X> work) throws X;

    /**
     * Says how far the task has come, for people to see. Cheap, never blocks and never fails because of the broker: the newest
     * one wins, it is written about once a second, and the last one before the attempt's outcome is written with that. Only for
     * types that declare {@code progress()}.
     *
     * @param fraction 0 to 1
     * @param text in words; cut at 255 characters
     * @throws InvalidTaskException if the fraction is out of range
     * @throws CapabilityException if the type does not declare progress
     */
    void progress(double fraction, String text);

    /** The same without words. */
    default void progress(double fraction) {
        progress(fraction, "");
    }

    /**
     * Keeps a line with the task, for people to see. Cheap, never blocks and never fails because of the broker: lines are
     * written about once a second, and the last ones with the attempt's outcome. The last 200 lines of a task are kept. More
     * than 100 lines between two writes are dropped, and one line says how many. Only for types that declare {@code log()}.
     *
     * @param line cut at 2,000 characters
     * @throws CapabilityException if the type does not declare a log
     */
    void log(String line);

    /**
     * Enqueues a child task, which names this one as its parent; stored at once, whatever becomes of this attempt.
     *
     * @throws ErrandException as {@link Errand#enqueue(AnyTaskType, Object)} says
     */
    <Q> EnqueueResult enqueue(AnyTaskType<Q> type, Q payload);

    /**
     * The same with options.
     *
     * @throws ErrandException as {@link Errand#enqueue(AnyTaskType, Object, Consumer)} says
     */
    <Q> EnqueueResult enqueue(AnyTaskType<Q> type, Q payload, Consumer<EnqueueOptions> options);
}
