package dev.errand.local;

import dev.errand.local.LocalEvent.Cancelled;
import dev.errand.local.LocalEvent.Completed;
import dev.errand.local.LocalEvent.Dead;
import dev.errand.local.LocalEvent.Dropped;
import dev.errand.local.LocalEvent.Enqueued;
import dev.errand.local.LocalEvent.Refused;
import dev.errand.local.LocalEvent.Retried;
import dev.errand.local.LocalEvent.Started;
import dev.errand.local.LocalEvent.Stuck;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts, logs and tells the observers what happens: each failure once, with its stack, never a payload. Nothing that it calls,
 * not even an exception whose message throws, gets past it.
 */
final class Reports {
    private static final Logger log = LoggerFactory.getLogger("dev.errand.task");

    private final Counters counters;
    private final LocalObserver[] observers;

    Reports(Counters counters, List<LocalObserver> observers) {
        this.counters = counters;
        this.observers = observers.toArray(LocalObserver[]::new);
    }

    boolean observed() {
        return observers.length > 0;
    }

    void enqueued(Job<?> job) {
        counters.enqueued.increment();
        if (observed()) {
            tell(new Enqueued(job.shown()));
        }
    }

    void started(Job<?> job, long waitedNanos) {
        counters.started.increment();
        if (observed()) {
            tell(new Started(job.shown(), Duration.ofNanos(waitedNanos)));
        }
    }

    void refused(Job<?> job, String why) {
        counters.refused.increment();
        if (observed()) {
            tell(new Refused(job.shown(), why));
        }
    }

    void again(Job<?> job, Ending.Again again, @Nullable Duration ran) {
        counters.retried.increment();
        if (again.counts()) {
            counters.failed.increment();
            contained(() -> log.warn(
                    "Task {} of type {} (queue {}): attempt {} failed; the next one is in {}",
                    job.id(),
                    job.name,
                    job.engine.name(),
                    job.runs,
                    again.delay(),
                    again.failure()));
        }
        if (observed()) {
            tell(new Retried(job.shown(), again.failure(), ran, again.delay()));
        }
    }

    void completed(Job<?> job, @Nullable Duration ran) {
        counters.completed.increment();
        if (observed()) {
            tell(new Completed(job.shown(), ran));
        }
    }

    void dead(Job<?> job, Ending.Dead dead, @Nullable Duration ran, boolean attempted) {
        counters.dead.increment();
        if (attempted) {
            counters.failed.increment();
        }
        contained(() -> log.error(
                "Task {} of type {} (queue {}) is dead ({}): {}",
                job.id(),
                job.name,
                job.engine.name(),
                dead.cause(),
                dead.reason(),
                dead.failure()));
        if (observed()) {
            tell(new Dead(job.shown(), dead.cause(), dead.failure(), ran));
        }
    }

    void cancelled(Job<?> job, String reason, @Nullable Duration ran) {
        counters.cancelled.increment();
        contained(() -> log.debug(
                "Task {} of type {} (queue {}) is cancelled: {}", job.id(), job.name, job.engine.name(), reason));
        if (observed()) {
            tell(new Cancelled(job.shown(), reason, ran));
        }
    }

    void dropped(Job<?> job, String reason) {
        counters.dropped.increment();
        contained(() -> log.warn(
                "Task {} of type {} (queue {}) is dropped: {}", job.id(), job.name, job.engine.name(), reason));
        if (observed()) {
            tell(new Dropped(job.shown(), reason));
        }
    }

    void stuck(Job<?> job, Duration since) {
        counters.stuck.increment();
        contained(() -> log.warn(
                "Task {} of type {} (queue {}) goes on {} after it was interrupted, and keeps its permits until it ends;"
                        + " let its code end on an interrupt",
                job.id(),
                job.name,
                job.engine.name(),
                since));
        if (observed()) {
            tell(new Stuck(job.shown(), since));
        }
    }

    void unstuck() {
        counters.stuck.decrement();
    }

    /** Of code of the user's that is not a job. */
    void defect(String what, Throwable failure) {
        contained(() -> log.error("{} failed; nothing else is concerned", what, failure));
    }

    private void tell(LocalEvent event) {
        for (LocalObserver observer : observers) {
            try {
                observer.on(event);
            } catch (Throwable t) {
                defect("An observer of local tasks", t);
            }
        }
    }

    private static void contained(Runnable saying) {
        try {
            saying.run();
        } catch (Throwable t) {
            try {
                log.error(
                        "A failure cannot be logged: its {} throws {}",
                        "message or stack",
                        t.getClass().getName());
            } catch (Throwable hopeless) {
                // The log itself is broken; the work goes on.
            }
        }
    }
}
