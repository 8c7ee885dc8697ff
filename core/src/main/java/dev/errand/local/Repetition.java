package dev.errand.local;

import dev.errand.ConfigurationException;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Work that is repeated until this, or its {@link LocalTasks}, is closed. Thread-safe. */
public final class Repetition implements AutoCloseable {
    private final Engine engine;
    private final Admission admission;
    private final Plan plan;
    private final long period;
    private final Overlap overlap;
    private final String name;
    private final LocalAction work;
    private final @Nullable Carried context;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Job<?> last;
    private long due;
    private boolean again;
    private long runs;
    private long skipped;
    private boolean closed;
    private Time.@Nullable Timer timer;

    private Repetition(
            Engine engine,
            Admission admission,
            Plan plan,
            Duration period,
            Overlap overlap,
            String name,
            LocalAction work) {
        this.engine = engine;
        this.admission = admission;
        this.plan = plan;
        this.period = period.toNanos();
        this.overlap = overlap;
        this.name = name;
        this.work = work;
        this.context = engine.context();
    }

    static Repetition start(
            Engine engine,
            Admission admission,
            Plan plan,
            Duration period,
            Overlap overlap,
            String name,
            LocalAction work) {
        if (period.compareTo(Duration.ofMillis(1)) < 0) {
            throw new ConfigurationException("The period " + period + " is too short; give at least 1 ms");
        }
        Repetition repetition = new Repetition(engine, admission, plan, period, overlap, name, work);
        repetition.due = engine.time().nanoTime() + repetition.period;
        repetition.arm(repetition.period);
        return repetition;
    }

    private void arm(long nanos) {
        Time.Timer next = engine.time().after(Duration.ofNanos(nanos), this::beat);
        lock.lock();
        try {
            timer = next;
            if (closed) {
                next.cancel();
            }
        } finally {
            lock.unlock();
        }
    }

    /** On the timer's thread. */
    private void beat() {
        Job<?> job = null;
        long wait;
        lock.lock();
        try {
            if (over()) {
                return;
            }
            if (overlap == Overlap.ALLOW || last == null || last.place() == Place.ENDED) {
                job = begun();
            } else if (overlap == Overlap.RUN_AFTER && !again) {
                again = true;
            } else {
                skipped++;
            }
            long late = Math.max(0, engine.time().nanoTime() - due) / period;
            skipped += late;
            due += (late + 1) * period;
            wait = due - engine.time().nanoTime();
        } finally {
            lock.unlock();
        }
        arm(wait);
        if (job != null) {
            run(job);
        }
    }

    private boolean over() {
        return closed || engine.room().capacity().closed();
    }

    /** Under the lock: from here on it is the one that goes on. */
    private Job<?> begun() {
        Job<?> job = engine.<@Nullable Void>job(name, plan, null, context, this::ended, LocalTasks.callable(work));
        last = job;
        runs++;
        return job;
    }

    private void run(Job<?> job) {
        if (!admission.offer(job)) {
            lock.lock();
            try {
                runs--;
                skipped++;
            } finally {
                lock.unlock();
            }
            String why = "no room for a repetition of " + name;
            engine.reports().refused(job, why);
            engine.endUntaken(job, new Ending.Dropped(why));
        }
    }

    /** On the thread that ended the job; an overlapping one may have begun after it. */
    private void ended(Job<?> job) {
        Job<?> next = null;
        lock.lock();
        try {
            if (again && job == last) {
                again = false;
                next = over() ? null : begun();
            }
        } finally {
            lock.unlock();
        }
        if (next != null) {
            run(next);
        }
    }

    /** How many runs were accepted. */
    public long runs() {
        lock.lock();
        try {
            return runs;
        } finally {
            lock.unlock();
        }
    }

    /** How many were left out: by the choice of overlap, for want of room, or because the machine was late. */
    public long skipped() {
        lock.lock();
        try {
            return skipped;
        } finally {
            lock.unlock();
        }
    }

    /** No more runs begin; one that goes on does so. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            again = false;
            if (timer != null) {
                timer.cancel();
            }
        } finally {
            lock.unlock();
        }
    }
}
