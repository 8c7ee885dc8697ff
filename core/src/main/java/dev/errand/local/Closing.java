package dev.errand.local;

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
 * The end, in phases: take no more; let run what runs, waits, or falls due in time; take out what still waits and interrupt what
 * still runs; wait again; report. Once; who calls later, or at the same time, gets the same report.
 */
final class Closing {
    private static final Logger log = LoggerFactory.getLogger(LocalTasks.class);

    private final Engine engine;
    private final Consumer<Leftover> onLeftover;
    private final @Nullable Notices notices;
    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock adding = new ReentrantLock();
    private final Map<Long, Leftover> leftovers = new LinkedHashMap<>();
    private @Nullable LocalReport report;

    Closing(Engine engine, Consumer<Leftover> onLeftover, @Nullable Notices notices) {
        this.notices = notices;
        this.engine = engine;
        this.onLeftover = onLeftover;
        engine.onLeftOver(job -> add(job, false));
    }

    LocalReport stop(Duration drain, Duration interrupt) {
        lock.lock();
        try {
            if (report == null) {
                report = run(drain, interrupt);
                if (notices != null) {
                    notices.close();
                }
            }
            return report;
        } finally {
            lock.unlock();
        }
    }

    private LocalReport run(Duration drain, Duration interrupt) {
        Room room = engine.room();
        Signal changed = new Signal(engine.time());
        room.close(changed);
        boolean patient = await(changed, drain, true);
        engine.sweep();
        if (patient) {
            await(changed, interrupt, false);
        }
        room.running().filter(Attempt::running).forEach(attempt -> add(attempt.job, true));
        LocalReport all = report();
        if (!all.complete()) {
            log.warn(
                    "The local tasks {} are closed; {} did not finish",
                    engine.name(),
                    all.leftovers().size());
        }
        return all;
    }

    /** False if this thread was interrupted: then there is no more waiting. */
    private boolean await(Signal changed, Duration limit, boolean draining) {
        Time time = engine.time();
        long end = time.nanoTime() + limit.toNanos();
        try {
            while (true) {
                boolean done = draining
                        ? engine.room().idleUntil(end)
                        : engine.room().running().findAny().isEmpty();
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

    /** Once for each job, since one that is reported as running may yet end by its interrupt; by one thread at a time. */
    private void add(Job<?> job, boolean running) {
        adding.lock();
        try {
            Leftover leftover = new Leftover(job, running);
            if (leftovers.putIfAbsent(job.number, leftover) == null) {
                onLeftover.accept(leftover);
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
