package dev.errand.broker;

import java.util.List;
import java.util.Optional;

/**
 * What stores and carries envelopes: a small blocking interface over batches, to which the engine supplies the concurrency.
 * Thread-safe. A broker out of reach makes calls throw {@link dev.errand.BrokerUnavailableException}; one that refuses for
 * good (full, read-only, damaged) {@link dev.errand.StorageException}. No call is interruptible: the callers of one batch
 * must not suffer from the interrupt of one of them; each call has a time limit of the adapter's own instead.
 */
public interface Broker extends AutoCloseable {
    /** How many of the enqueues that replaced a task are remembered with it. */
    int REPLACEMENTS = 32;

    /** What it promises. */
    Profile profile();

    /**
     * Stores tasks; an answer for each, in order, once each is as safe as the declared durability says. Not all-or-nothing.
     * The call may be repeated with the same envelopes after an exception, and then answers {@link Receipt.Stored} for those
     * that the first call stored. One that has replaced a waiting task ({@link Debounce}) changes nothing when it is repeated
     * while that task waits or runs, unless more than {@value #REPLACEMENTS} others have replaced it since.
     */
    List<Receipt> enqueue(List<Envelope> tasks);

    /**
     * Whether calls of {@link #enqueue} that are made at the same time share one write of the broker's own accord, a failing one
     * failing alone. The engine then hands single tasks over one by one; otherwise it gathers those of callers at the same time
     * into one call.
     */
    default boolean gathersEnqueues() {
        return false;
    }

    /**
     * Registers a worker and opens its intake.
     *
     * @throws dev.errand.CapabilityException if the broker cannot serve such a worker
     */
    Intake open(WorkerSpec spec, Signals signals);

    /**
     * A part that only some brokers have: {@link TaskStore}, {@link DeadLetters}, {@link QueueStats},
     * {@link QueueControl}, {@link TaskRecords}, {@link ScheduleStore}, {@link Upkeep}, {@link WorkerRegistry}. Every broker has
     * {@link QueueStats} and {@link Subscriptions}.
     */
    <T> Optional<T> extension(Class<T> port);

    /** Frees everything; open intakes first. Idempotent. */
    @Override
    void close();
}
