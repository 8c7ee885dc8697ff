package dev.errand.worker;

import dev.errand.Notice;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Lease;
import dev.errand.broker.TaskRecords;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One delivery on its way through the worker, from the take to the settled outcome.
 *
 * <p>Exactly one outcome is reported: whoever wins {@link #claim} reports it. Why it should stop is set once and by any
 * thread; only a lost lease overrides another reason, because then there is nothing left to report. Each reason interrupts the
 * handler, once.
 */
final class Attempt {
    /** Why an attempt should stop. */
    enum Stop {
        TIMEOUT,
        EXPIRED,
        CANCEL,
        SHUTDOWN,
        /** Its lease ran out by our own clock: the broker is away. */
        LAPSED,
        /** The broker says that the task is somebody else's. */
        LOST
    }

    final Delivery delivery;
    final HandlerTable.@Nullable Registration registration;
    /** Whether it is on its last chance: see {@link Suspects}. */
    final boolean suspect;

    private final AtomicBoolean claimed = new AtomicBoolean();
    private final AtomicReference<@Nullable Stop> stop = new AtomicReference<>();
    volatile long keptAt;
    volatile Instant deadline = Instant.MAX;
    /** How listeners know it; immutable, so that two threads may make it; made when there is the first thing to tell. */
    Notice.@Nullable Run run;

    private long beganAt;
    private boolean timed;
    private @Nullable Duration took;
    private @Nullable Thread thread;
    private Time.@Nullable Timer timer;
    private boolean ended;
    /** A bit for each reason that it was stopped for. */
    private int told;

    private @Nullable Diary diary;

    Attempt(Delivery delivery, HandlerTable.@Nullable Registration registration, boolean suspect, long keptAt) {
        this.delivery = delivery;
        this.registration = registration;
        this.suspect = suspect;
        this.keptAt = keptAt;
    }

    Envelope envelope() {
        return delivery.envelope();
    }

    Lease lease() {
        return delivery.lease();
    }

    /** Which counted attempt it is, from 1. */
    int number() {
        return delivery.envelope().history().attempts() + 1;
    }

    /** Whether its handler was about to begin. */
    boolean begun() {
        return !deadline.equals(Instant.MAX);
    }

    /** How long the handler ran; null if it has not ended, or nobody wants to know. */
    @Nullable
    Duration took() {
        return took;
    }

    void timeFrom(long nanos) {
        beganAt = nanos;
        timed = true;
    }

    void timeUntil(long nanos) {
        if (timed) {
            took = Duration.ofNanos(nanos - beganAt);
        }
    }

    /** Where its handler's progress and log lines wait to be written. */
    synchronized Diary diary() {
        Diary mine = diary;
        if (mine == null) {
            mine = new Diary(lease(), envelope().history().attempts() + 1);
            diary = mine;
        }
        return mine;
    }

    /** What is left of them; what comes later is forgotten. */
    List<TaskRecords.Note> lastNotes(Time time) {
        Diary mine;
        synchronized (this) {
            mine = diary;
        }
        return mine == null ? List.of() : mine.close(time.now());
    }

    /** Whether it has ever noted anything, which may still be under way. */
    synchronized boolean noted() {
        return diary != null;
    }

    /** True for the one caller that may report the outcome. */
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    boolean claimed() {
        return claimed.get();
    }

    @Nullable
    Stop stopped() {
        return stop.get();
    }

    /** The handler begins on this thread; false if it should not begin at all. */
    synchronized boolean begin(Thread runner, Time.@Nullable Timer timeout) {
        thread = runner;
        timer = timeout;
        return stop.get() == null;
    }

    /** The handler has ended; from now on its thread is not interrupted, and a late interrupt is swallowed. */
    synchronized void end() {
        ended = true;
        thread = null;
        if (timer != null) {
            timer.cancel();
        }
    }

    /**
     * Asks it to stop; true if this is the reason that counts, and is new. A new reason interrupts the handler even if another
     * one counts: it may have swallowed the earlier interrupt.
     */
    boolean stop(Stop reason) {
        Stop before = stop.getAndUpdate(now -> now == null || reason == Stop.LOST ? reason : now);
        synchronized (this) {
            boolean heardBefore = told(reason);
            told |= bit(reason);
            if (!heardBefore && !ended && thread != null) {
                thread.interrupt();
            }
        }
        return before == null || (reason == Stop.LOST && before != Stop.LOST);
    }

    /** Whether it was stopped for this reason, among others. */
    synchronized boolean told(Stop reason) {
        return (told & bit(reason)) != 0;
    }

    private static int bit(Stop reason) {
        return 1 << reason.ordinal();
    }
}
