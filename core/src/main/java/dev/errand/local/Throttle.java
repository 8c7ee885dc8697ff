package dev.errand.local;

import dev.errand.ConfigurationException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Does the first of the calls in each interval at once, and the last of the others at its end. Made by {@link
 * LocalTasks#throttle(String, Duration)}. Thread-safe. At most {@value #MAX_KEYS} keys are within an interval at once.
 *
 * @param <K> with {@code equals} and {@code hashCode}
 */
public final class Throttle<K> {
    /** The most keys that are within an interval at once; a call of another one is refused. */
    public static final int MAX_KEYS = 1_000_000;

    private final Engine engine;
    private final Admission admission;
    private final Plan plan;
    private final String name;
    private final Duration interval;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<K, Gate> gates = new HashMap<>();

    /** A key within an interval, and what is to be done at its end. */
    private static final class Gate {
        @Nullable
        Last last;
    }

    /** The last call so far. */
    private static final class Last {
        volatile LocalAction work;
        final Job<@Nullable Void> job;

        Last(LocalAction work, Engine engine, String name, Plan plan) {
            this.work = work;
            this.job = engine.job(name, plan, null, null, () -> {
                this.work.run();
                return null;
            });
        }
    }

    Throttle(Engine engine, Admission admission, Plan plan, String name, Duration interval) {
        if (!interval.isPositive()) {
            throw new ConfigurationException(
                    "The interval " + interval + " of " + name + " is not above zero; give a longer one");
        }
        this.engine = engine;
        this.admission = admission;
        this.plan = plan;
        this.name = name;
        this.interval = interval;
    }

    /**
     * Has {@code work} done now, or at the interval's end unless another call of the key comes before.
     *
     * @return the job that does the work of this call, or of a later one in its place
     * @throws RoomFullException if there is no room, by the choice of {@link WhenFull}, or there are too many keys
     */
    public LocalHandle<@Nullable Void> call(K key, LocalAction work) {
        Gate opened = null;
        lock.lock();
        try {
            Gate gate = gates.get(key);
            if (gate != null) {
                Last joined = join(gate, work);
                if (joined != null) {
                    return joined.job;
                }
            } else {
                if (gates.size() >= MAX_KEYS) {
                    throw new RoomFullException(
                            "The throttle " + name + " has " + MAX_KEYS
                                    + " keys within their interval, and no room for another; use fewer keys or a shorter interval");
                }
                opened = new Gate();
                gates.put(key, opened);
            }
        } finally {
            lock.unlock();
        }
        return opened == null ? later(key, work) : now(key, opened, work);
    }

    private static @Nullable Last join(Gate gate, LocalAction work) {
        Last last = gate.last;
        if (last == null || last.job.ending() != null) {
            return null;
        }
        last.work = work;
        return last;
    }

    private LocalHandle<@Nullable Void> now(K key, Gate gate, LocalAction work) {
        try {
            Job<@Nullable Void> job = engine.job(name, plan, null, null, LocalTasks.callable(work));
            admission.submit(job, Duration.ZERO);
            return job;
        } finally {
            engine.time().after(interval, () -> lapse(key, gate));
        }
    }

    /** Without the lock until there is room, because that may take a wait. */
    private LocalHandle<@Nullable Void> later(K key, LocalAction work) {
        Last mine = new Last(work, engine, name, plan);
        admission.reserve(mine.job, interval);
        Last other = null;
        Gate opened = null;
        lock.lock();
        try {
            Gate gate = gates.get(key);
            if (gate == null) {
                opened = new Gate();
                gates.put(key, opened);
            } else {
                other = join(gate, work);
                if (other == null) {
                    gate.last = mine;
                }
            }
        } finally {
            lock.unlock();
        }
        if (other != null) {
            engine.cancel(mine.job, "another call of its key came first");
            return other.job;
        }
        if (opened != null) {
            Gate gate = opened;
            engine.time().after(interval, () -> lapse(key, gate));
            engine.due(mine.job);
        }
        return mine.job;
    }

    /** On the timer's thread: an interval is over; the next one begins if there was another call in it. */
    private void lapse(K key, Gate gate) {
        Last last;
        lock.lock();
        try {
            last = gate.last;
            gate.last = null;
            if (last == null) {
                gates.remove(key);
            }
        } finally {
            lock.unlock();
        }
        if (last != null) {
            engine.time().after(interval, () -> lapse(key, gate));
            engine.due(last.job);
        }
    }
}
