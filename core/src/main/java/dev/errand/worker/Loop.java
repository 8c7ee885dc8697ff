package dev.errand.worker;

import dev.errand.time.Signal;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon platform thread that repeats one step until it is stopped: the one life-cycle of every long-lived part of a
 * worker. A platform thread, so that busy handlers on virtual threads cannot starve it. A step that throws is repeated after
 * the outage's jittered back-off; the thread never dies of it. {@link #start} and {@link #stop} are idempotent, and a stop
 * before the start keeps the step from ever running.
 */
public final class Loop {
    private static final Logger log = LoggerFactory.getLogger(Loop.class);

    private static final Duration LAST_RESORT = Duration.ofSeconds(1);

    /**
     * A step or a pause that takes this much longer than it should is no progress. A step waits for tasks for at most ten seconds,
     * and every call of a broker has a time limit of its own.
     */
    static final Duration STALLED_AFTER = Duration.ofMinutes(1);

    /** One round of work. */
    @FunctionalInterface
    public interface Step {
        /** Works, and answers how long to pause unless woken; zero: go on at once. */
        Duration run() throws InterruptedException;
    }

    private final String name;
    private final Step step;
    private final Outage outage;
    private final Signal wake;
    private final Time time;
    private final Thread thread;
    private final boolean fromTheStart;
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile boolean stopped;
    /** By when it should have moved on. */
    private volatile long expected;

    /** Not started yet. */
    public Loop(String name, Time time, Outage outage, Step step) {
        this(name, time, outage, step, false);
    }

    /** One whose pauses count from the beginning of the step, at which it reads the clock: for what falls due at a time. */
    public static Loop byTheClock(String name, Time time, Outage outage, Step step) {
        return new Loop(name, time, outage, step, true);
    }

    private Loop(String name, Time time, Outage outage, Step step, boolean fromTheStart) {
        this.fromTheStart = fromTheStart;
        this.name = name;
        this.step = step;
        this.outage = outage;
        this.time = time;
        this.wake = new Signal(time);
        this.thread = Thread.ofPlatform().daemon().name("errand-" + name).unstarted(this::repeat);
    }

    /** Starts the thread. */
    public void start() {
        if (!stopped && started.compareAndSet(false, true)) {
            expect(Duration.ZERO);
            thread.start();
        }
    }

    /** Ends the pause. */
    public void wake() {
        wake.raise();
    }

    /** Ends after the step that is going on; does not wait. */
    public void stop() {
        stopped = true;
        wake.raise();
    }

    /** What it is called. */
    public String name() {
        return name;
    }

    /** Whether it should go on and has not moved for too long: its thread is stuck in a step, or was not woken. */
    public boolean stalled() {
        return started.get() && !stopped && time.nanoTime() - expected > 0;
    }

    private void expect(Duration pause) {
        expected = time.nanoTime() + pause.plus(STALLED_AFTER).toNanos();
    }

    boolean stopped() {
        return stopped;
    }

    /** Waits for the thread to end; whether it has. */
    public boolean join(Duration max) {
        boolean interrupted = false;
        long end = System.nanoTime() + max.toNanos();
        while (started.get() && thread.isAlive()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                break;
            }
            try {
                thread.join(Duration.ofNanos(left));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !started.get() || !thread.isAlive();
    }

    private void repeat() {
        while (!stopped) {
            try {
                expect(Duration.ZERO);
                long began = time.nanoTime();
                Duration pause = round();
                if (pause.isPositive() && !stopped) {
                    expect(pause);
                    wake.awaitUntil((fromTheStart ? began : time.nanoTime()) + pause.toNanos());
                }
            } catch (InterruptedException e) {
                log.debug("The {} loop was interrupted; it goes on", name);
            } catch (Throwable t) {
                // Even telling of the failure failed (no memory, a broken logger). The thread is needed: it goes on.
                LockSupport.parkNanos(LAST_RESORT.toNanos());
            }
        }
    }

    private Duration round() throws InterruptedException {
        try {
            Duration pause = step.run();
            outage.over(name);
            return pause;
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable t) {
            return stopped ? Duration.ZERO : outage.failed(name, t);
        }
    }
}
