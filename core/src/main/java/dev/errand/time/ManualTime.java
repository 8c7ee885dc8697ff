package dev.errand.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test moves it. {@link #advance(Duration)} fires the timers that fall due on the way, in
 * their order, on the calling thread, with {@link #now()} reading each timer's own instant. Thread-safe.
 */
public final class ManualTime implements Time {
    /** What stands for ever after: more could not be added to an instant. */
    private static final Duration LONGEST = Duration.ofDays(365_000);

    private record Pending(Instant due, long order, Runnable action) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final PriorityQueue<Pending> timers =
            new PriorityQueue<>(Comparator.comparing(Pending::due).thenComparingLong(Pending::order));
    private final Instant origin;
    private Instant now;
    private long order;

    /** Starts at {@code start}. */
    public ManualTime(Instant start) {
        this.origin = start;
        this.now = start;
    }

    @Override
    public Instant now() {
        lock.lock();
        try {
            return now;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long nanoTime() {
        return Duration.between(origin, now()).toNanos();
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        Pending pending;
        lock.lock();
        try {
            Duration wait = delay.isNegative() ? Duration.ZERO : delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
            pending = new Pending(now.plus(wait), order++, action);
            timers.add(pending);
        } finally {
            lock.unlock();
        }
        if (!delay.isPositive()) {
            advance(Duration.ZERO);
        }
        return () -> {
            lock.lock();
            try {
                timers.remove(pending);
            } finally {
                lock.unlock();
            }
        };
    }

    /** Moves the clock forward by {@code span} (zero or more), firing what falls due. */
    public void advance(Duration span) {
        if (span.isNegative()) {
            throw new IllegalArgumentException("time moves forward only, not by " + span);
        }
        Instant target = now().plus(span);
        Pending next;
        while ((next = pollDueOrArrive(target)) != null) {
            next.action.run();
        }
    }

    /** The next timer that falls due; null: there is none, and the clock stands at the target. No timer slips in between. */
    private @Nullable Pending pollDueOrArrive(Instant target) {
        lock.lock();
        try {
            Pending next = timers.peek();
            if (next == null || next.due.isAfter(target)) {
                if (now.isBefore(target)) {
                    now = target;
                }
                return null;
            }
            timers.poll();
            if (now.isBefore(next.due)) {
                now = next.due;
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** How many timers are waiting. */
    public int pendingTimers() {
        lock.lock();
        try {
            return timers.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            timers.clear();
        } finally {
            lock.unlock();
        }
    }
}
