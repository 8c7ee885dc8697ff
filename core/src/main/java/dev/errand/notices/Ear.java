package dev.errand.notices;

import dev.errand.Listener;
import dev.errand.Notice;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listener with a buffer and a daemon thread of its own, so that no listener waits for another. What finds the buffer
 * full is dropped and counted. What the listener throws, {@code Error}s included, is logged at most once a minute. Under load
 * the thread is not woken for each notice: after a batch it rests for a moment and then looks again.
 */
final class Ear {
    private static final Logger log = LoggerFactory.getLogger(Listener.class);
    /** At a million notices a second, the listener may lag by 130 ms before it misses any. */
    private static final int CAPACITY = 1 << 17;

    /** A lag that only a listener in trouble has: beyond it exceptions, of some kilobytes each, are not kept for it. */
    static final int MOST_WITH_FAILURES = 1 << 14;

    private static final long QUIET = Duration.ofMinutes(1).toNanos();
    private static final long REST = Duration.ofMillis(5).toNanos();

    private final Listener listener;
    private final Time time;
    private final LongAdder missedByAll;
    private final LongAdder missed = new LongAdder();
    private final NoticeBuffer buffer = new NoticeBuffer(CAPACITY);
    private final Thread thread;
    private final Once missing;
    private final Once throwing;
    private volatile boolean asleep;
    private volatile boolean closing;
    private volatile boolean abandoned;

    /** Starts the thread. */
    Ear(Listener listener, Time time, LongAdder missedByAll) {
        this.listener = listener;
        this.time = time;
        this.missedByAll = missedByAll;
        this.missing = new Once();
        this.throwing = new Once();
        this.thread = Thread.ofPlatform().daemon().name("errand-listener").unstarted(this::listen);
    }

    void start() {
        thread.start();
    }

    void tell(Notice notice) {
        if (!buffer.put(bearable(notice))) {
            miss();
        } else if (asleep) {
            asleep = false;
            LockSupport.unpark(thread);
        }
    }

    private Notice bearable(Notice notice) {
        return notice instanceof Notice.Ended ended && ended.failure() != null && buffer.size() >= MOST_WITH_FAILURES
                ? new Notice.Ended(ended.run(), ended.end(), ended.took(), ended.next(), ended.cause(), null)
                : notice;
    }

    private void miss() {
        missed.increment();
        missedByAll.increment();
        if (missing.may()) {
            log.warn(
                    "The listener {} is too slow: it has missed {} notices so far, while {} wait for it",
                    listener,
                    missed.sum(),
                    CAPACITY);
        }
    }

    /** Nothing more is told from now on; what was told before is delivered still. Does not wait. */
    void close() {
        closing = true;
        LockSupport.unpark(thread);
    }

    /** Waits for the last delivery; a listener that takes longer is left alone with what it has. */
    void join(Duration max) {
        boolean interrupted = false;
        long end = System.nanoTime() + max.toNanos();
        while (thread.isAlive()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                abandoned = true;
                thread.interrupt();
                log.warn("The listener {} is left behind: it is too slow to hear the last notices", listener);
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
    }

    private void listen() {
        while (!abandoned) {
            boolean last = closing;
            boolean any = buffer.drain(this::deliver) > 0;
            if (last) {
                finish();
                return;
            }
            if (any) {
                LockSupport.parkNanos(REST);
            } else {
                sleep();
            }
            // The listener's own interrupts mean nothing here, and would keep the thread from resting.
            Thread.interrupted();
        }
    }

    /** {@code asleep} goes up before the look: whoever tells after the look sees it. */
    private void sleep() {
        asleep = true;
        if (buffer.isEmpty() && !closing) {
            LockSupport.park(this);
        }
        asleep = false;
    }

    private void deliver(Notice notice) {
        if (abandoned) {
            return;
        }
        try {
            listener.on(notice);
        } catch (Throwable t) {
            failed(t);
        }
    }

    private void finish() {
        try {
            listener.closed();
        } catch (Throwable t) {
            failed(t);
        }
    }

    private void failed(Throwable t) {
        try {
            if (throwing.may()) {
                log.error("The listener {} failed; it goes on hearing", listener, t);
            }
        } catch (Throwable again) {
            // Even telling of it failed: no memory, or an exception that cannot be printed. The thread is needed.
            LockSupport.parkNanos(REST);
        }
    }

    /** Once a minute. */
    private final class Once {
        private final AtomicBoolean ever = new AtomicBoolean();
        private final AtomicLong last = new AtomicLong();

        boolean may() {
            long now = time.nanoTime();
            if (ever.compareAndSet(false, true)) {
                last.set(now);
                return true;
            }
            long before = last.get();
            return now - before >= QUIET && last.compareAndSet(before, now);
        }
    }
}
