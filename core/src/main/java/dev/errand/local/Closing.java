package dev.errand.local;

import dev.errand.Defaults;
import dev.errand.notices.Notices;
import dev.errand.time.Signal;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end, in phases: take no more; let run what runs, waits, or falls due in time; interrupt what still runs and take out what
 * still waits; wait again; report. Once; who calls later, or at the same time, gets the same report.
 */
final class Closing {
    private static final Logger log = LoggerFactory.getLogger(LocalTasks.class);

    private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

    private final Engine engine;
    private final Consumer<Leftover> onLeftover;
    private final @Nullable Notices notices;
    private final @Nullable Time ownTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock adding = new ReentrantLock();
    private final Map<Long, Leftover> leftovers = new LinkedHashMap<>();
    private @Nullable LocalReport report;
    /** By the monotonic clock: until when leftovers are handed over; set before there is one, and again for those that still run. */
    private volatile long handOverEnd;

    Closing(Engine engine, Consumer<Leftover> onLeftover, @Nullable Notices notices, @Nullable Time ownTime) {
        this.notices = notices;
        this.ownTime = ownTime;
        this.engine = engine;
        this.onLeftover = onLeftover;
        engine.onLeftOver(job -> add(job, false));
    }

    LocalReport stop(Duration drain, Duration interrupt) {
        lock.lock();
        try {
            if (report == null) {
                Signal changed = new Signal(engine.time());
                report = run(changed, drain, interrupt);
                if (notices != null) {
                    notices.close();
                }
                if (ownTime != null) {
                    closeTime(changed, ownTime);
                }
            }
            return report;
        } finally {
            lock.unlock();
        }
    }

    private LocalReport run(Signal changed, Duration drain, Duration interrupt) {
        Room room = engine.room();
        Time time = engine.time();
        room.close(changed);
        boolean patient = await(changed, time.nanoTime() + drain.toNanos(), true);
        long swept = time.nanoTime();
        handOverEnd = swept + Math.max(interrupt.toNanos(), Defaults.INTERRUPT.toNanos());
        engine.sweep();
        if (patient) {
            await(changed, swept + interrupt.toNanos(), false);
        }
        handOverEnd = time.nanoTime() + Defaults.INTERRUPT.toNanos();
        room.running().filter(Attempt::running).forEach(attempt -> add(attempt.job, true));
        LocalReport all = report();
        if (!all.complete()) {
            log.warn(
                    "The local tasks {} are closed; {} did not finish, of which {} were handed to onLeftover",
                    engine.name(),
                    all.leftovers().size(),
                    all.leftovers().stream().filter(Leftover::handedOver).count());
        }
        return all;
    }

    /** False if this thread was interrupted: then there is no more waiting. */
    private boolean await(Signal changed, long end, boolean draining) {
        Time time = engine.time();
        try {
            while (true) {
                boolean done = draining ? engine.room().idleUntil(end) : noneRuns();
                long left = end - time.nanoTime();
                if (done || left <= 0) {
                    return true;
                }
                changed.await(Duration.ofNanos(left));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean noneRuns() {
        return engine.room().running().findAny().isEmpty();
    }

    /** Waits with a limit depend on the time, and there may be such as long as a job runs. */
    private void closeTime(Signal changed, Time own) {
        if (noneRuns()) {
            own.close();
            return;
        }
        Thread.ofVirtual().name("errand-local-close").start(() -> {
            try {
                while (!noneRuns()) {
                    changed.await(LOOK_AGAIN);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // by nobody: it is known to nobody
            } finally {
                own.close();
            }
        });
    }

    /** Once for each job, since one that is reported as running may yet end by its interrupt; by one thread at a time. */
    private void add(Job<?> job, boolean running) {
        adding.lock();
        try {
            Leftover leftover = new Leftover(job, running);
            if (leftovers.putIfAbsent(job.number, leftover) == null
                    && handOverEnd - engine.time().nanoTime() > 0) {
                leftover.handOver(onLeftover);
            }
        } catch (Throwable t) {
            engine.reports().defect("What is to be done with the leftover " + job, t);
        } finally {
            adding.unlock();
        }
    }

    private LocalReport report() {
        adding.lock();
        try {
            return new LocalReport(List.copyOf(leftovers.values()));
        } finally {
            adding.unlock();
        }
    }
}
