package dev.errand.local;

import dev.errand.ConfigurationException;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Does only the last of calls that follow each other closely. Made by {@link LocalTasks#debounce(String, Duration)}. Thread-safe. Each key that waits
 * takes a place in the waiting room; a close treats what still waits as it does delayed jobs.
 *
 * @param <K> with {@code equals} and {@code hashCode}
 */
public final class Debounce<K> {
    private final Engine engine;
    private final Admission admission;
    private final Plan plan;
    private final String name;
    private final long quiet;
    private final @Nullable Long most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<K, Pending> pending = new HashMap<>();

    /** Calls of one key that are one job. */
    private static final class Pending {
        LocalAction work;
        final @Nullable Long latest;
        long due;

        @Nullable
        Job<@Nullable Void> job;

        Pending(LocalAction work, long due, @Nullable Long latest) {
            this.work = work;
            this.due = due;
            this.latest = latest;
        }
    }

    Debounce(Engine engine, Admission admission, Plan plan, String name, Duration quiet, @Nullable Duration most) {
        if (!quiet.isPositive() || (most != null && most.compareTo(quiet) < 0)) {
            throw new ConfigurationException("The debounce of " + name + " by " + quiet
                    + (most == null ? "" : ", at most " + most)
                    + ", makes no sense; give more than 0, and a longest wait that is not shorter");
        }
        this.engine = engine;
        this.admission = admission;
        this.plan = plan;
        this.name = name;
        this.quiet = quiet.toNanos();
        this.most = most == null ? null : most.toNanos();
    }

    /**
     * Has {@code work} done after the quiet, unless another call of the key comes before.
     *
     * @return the job that the calls of this time share
     * @throws RoomFullException if there is no room, by the choice of {@link WhenFull}
     */
    public LocalHandle<@Nullable Void> call(K key, LocalAction work) {
        long now = engine.time().nanoTime();
        lock.lock();
        try {
            Job<@Nullable Void> joined = join(key, work, now);
            if (joined != null) {
                return joined;
            }
        } finally {
            lock.unlock();
        }
        return begin(key, work, now);
    }

    private @Nullable Job<@Nullable Void> join(K key, LocalAction work, long now) {
        Pending same = pending.get(key);
        if (same == null || same.job == null || same.job.ending() != null) {
            return null;
        }
        same.work = work;
        long due = now + quiet;
        same.due = same.latest != null && same.latest - due < 0 ? same.latest : due;
        return same.job;
    }

    /** Without the lock, because there may be a wait for room. */
    private LocalHandle<@Nullable Void> begin(K key, LocalAction work, long now) {
        Pending mine = new Pending(work, now + quiet, most == null ? null : Long.valueOf(now + most));
        Job<@Nullable Void> job = engine.job(name, plan, null, ended -> forget(key, mine), () -> {
            take(key, mine).run();
            return null;
        });
        admission.reserve(job, Duration.ofNanos(quiet));
        Job<@Nullable Void> other;
        lock.lock();
        try {
            other = join(key, work, now);
            if (other == null) {
                mine.job = job;
                pending.put(key, mine);
            }
        } finally {
            lock.unlock();
        }
        if (other != null) {
            engine.cancel(job, "another call of its key came first");
            return other;
        }
        if (job.ending() != null) {
            forget(key, mine);
        } else {
            wake(key, job, mine, mine.due - engine.time().nanoTime());
        }
        return job;
    }

    /** Calls only move the due time; the one timer looks again when it fires. */
    private void wake(K key, Job<?> job, Pending of, long nanos) {
        Time.Timer timer = engine.time().after(Duration.ofNanos(nanos), () -> {
            long left;
            lock.lock();
            try {
                left = of.due - engine.time().nanoTime();
                if (left <= 0) {
                    pending.remove(key, of);
                }
            } finally {
                lock.unlock();
            }
            if (left > 0) {
                wake(key, job, of, left);
            } else {
                engine.due(job);
            }
        });
        engine.timed(job, timer);
    }

    /** From here on, calls are of the next time. */
    private LocalAction take(K key, Pending mine) {
        lock.lock();
        try {
            pending.remove(key, mine);
            return mine.work;
        } finally {
            lock.unlock();
        }
    }

    private void forget(K key, Pending mine) {
        take(key, mine);
    }
}
