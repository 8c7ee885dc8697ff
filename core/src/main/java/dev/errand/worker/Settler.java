package dev.errand.worker;

import dev.errand.BrokerUnavailableException;
import dev.errand.Notice;
import dev.errand.broker.Intake;
import dev.errand.broker.Outcome;
import dev.errand.broker.Settled;
import dev.errand.broker.TaskRecords.Note;
import dev.errand.notices.Notices;
import dev.errand.time.Signal;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes outcomes down in batches, on a thread of its own: what comes while a batch is in flight joins the next one. Repeats
 * a batch through the broker's outages; the leases go on being renewed meanwhile. A batch that fails for another reason is
 * repeated one by one, and an outcome that fails alone is set aside and tried again, so that it holds up no other. How many may wait is bounded by the worker, which
 * takes nothing more while {@link #full()}.
 */
final class Settler {
    private static final Logger log = LoggerFactory.getLogger(Settler.class);
    private static final int MAX_BATCH = 500;
    /** More would only run ahead of the broker. */
    private static final int MOST_WAITING = 4_000;

    private static final long MOST_SECONDS_ASIDE = 8;
    private static final Duration IDLE = Duration.ofMinutes(1);

    /**
     * An outcome to be written down.
     *
     * @param last the attempt's last progress and log lines, which go before it
     * @param tried whether a call that was to write it down has failed: the broker may have it all the same
     */
    record Report(Attempt attempt, Outcome outcome, List<Note> last, int failures, boolean tried) {
        Report failedAgain() {
            return new Report(attempt, outcome, last, failures + 1, true);
        }

        Report triedBefore() {
            return new Report(attempt, outcome, last, failures, true);
        }
    }

    private final Intake intake;
    private final Judge judge;
    private final LeaseKeeper leases;
    private final Optional<Scribe> scribe;
    private final Ends ends;
    private final @Nullable Notices notices;
    private final Runnable onRoom;
    private final Time time;
    private final Loop loop;
    private final int bound;
    private final ReentrantLock lock = new ReentrantLock();
    private final Signal empty;
    private final ArrayDeque<Report> waiting = new ArrayDeque<>();
    private List<Report> inFlight = List.of();
    private final AtomicInteger pending = new AtomicInteger();

    Settler(
            Intake intake,
            Judge judge,
            LeaseKeeper leases,
            Optional<Scribe> scribe,
            Ends ends,
            @Nullable Notices notices,
            Time time,
            Outage outage,
            int concurrency,
            Runnable onRoom) {
        this.intake = intake;
        this.judge = judge;
        this.leases = leases;
        this.scribe = scribe;
        this.ends = ends;
        this.notices = notices;
        this.onRoom = onRoom;
        this.time = time;
        this.bound = Math.clamp(4L * concurrency, 1_000, MOST_WAITING);
        this.empty = new Signal(time);
        this.loop = new Loop("settler", time, outage, this::settleBatch);
    }

    void start() {
        loop.start();
    }

    void report(Attempt attempt, Outcome outcome) {
        Report report = new Report(attempt, outcome, attempt.lastNotes(time), 0, false);
        pending.incrementAndGet();
        enqueue(report);
    }

    private void enqueue(Report report) {
        boolean first;
        lock.lock();
        try {
            first = waiting.isEmpty();
            waiting.add(report);
        } finally {
            lock.unlock();
        }
        if (first) {
            loop.wake();
        }
    }

    boolean full() {
        return pending.get() >= bound;
    }

    /** Waits until everything reported so far is written down; whether it is. */
    boolean flush(Duration max) {
        long end = time.nanoTime() + max.toNanos();
        boolean interrupted = false;
        while (pending.get() > 0) {
            long left = end - time.nanoTime();
            if (left <= 0) {
                break;
            }
            try {
                empty.await(Duration.ofNanos(left));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return pending.get() == 0;
    }

    int pending() {
        return pending.get();
    }

    Loop loop() {
        return loop;
    }

    void stop() {
        loop.stop();
        loop.join(Duration.ofSeconds(5));
    }

    private Duration settleBatch() {
        if (inFlight.isEmpty()) {
            inFlight = nextBatch();
        }
        if (inFlight.isEmpty()) {
            return IDLE;
        }
        try {
            settle(inFlight);
        } catch (RuntimeException e) {
            inFlight = inFlight.stream().map(Report::triedBefore).toList();
            if (e instanceof BrokerUnavailableException) {
                throw e;
            }
            settleSingly(e);
        }
        inFlight = List.of();
        return Duration.ZERO;
    }

    private void settleSingly(RuntimeException whole) {
        List<Report> batch = inFlight;
        if (batch.size() == 1) {
            setAside(batch, whole);
            return;
        }
        List<Report> failed = new ArrayList<>();
        RuntimeException last = whole;
        for (int i = 0; i < batch.size(); i++) {
            try {
                settle(batch.subList(i, i + 1));
            } catch (BrokerUnavailableException e) {
                inFlight = new ArrayList<>(failed);
                inFlight.addAll(batch.subList(i, batch.size()));
                throw e;
            } catch (RuntimeException e) {
                last = e;
                failed.add(batch.get(i));
            }
        }
        if (!failed.isEmpty()) {
            setAside(failed, last);
        }
    }

    /** Tried again later and later, while the others go on; their leases are kept meanwhile. Said once for all of them. */
    private void setAside(List<Report> reports, RuntimeException why) {
        Report first = reports.getFirst();
        long seconds = Math.min(MOST_SECONDS_ASIDE, 1L << Math.min(first.failures, 10));
        log.error(
                "{} outcomes cannot be written down, the first of them of task {} of type {} (queue {}); tried again in {} s",
                reports.size(),
                first.attempt.envelope().id(),
                first.attempt.envelope().type(),
                first.attempt.lease().queue(),
                seconds,
                why);
        time.after(Duration.ofSeconds(seconds), () -> reports.forEach(report -> enqueue(report.failedAgain())));
    }

    private List<Report> nextBatch() {
        lock.lock();
        try {
            int size = Math.min(MAX_BATCH, waiting.size());
            List<Report> batch = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                batch.add(waiting.remove());
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void settle(List<Report> batch) {
        List<Outcome> outcomes = new ArrayList<>(batch.size());
        batch.forEach(report -> outcomes.add(report.outcome));
        writeNotes(batch);
        List<Settled> answers = notices == null
                ? intake.settle(outcomes)
                : notices.call(Notice.Call.SETTLE, outcomes.size(), () -> intake.settle(outcomes));
        if (answers.size() != batch.size()) {
            throw new IllegalStateException(
                    "the broker gave " + answers.size() + " answers to " + batch.size() + " outcomes");
        }
        for (int i = 0; i < batch.size(); i++) {
            answered(batch.get(i), answers.get(i));
        }
        done(batch.size());
    }

    private void writeNotes(List<Report> batch) {
        if (scribe.isEmpty()) {
            return;
        }
        List<Note> last = new ArrayList<>();
        batch.forEach(report -> last.addAll(report.last));
        // Also if nothing is left to be said: what the scribe has under way would come too late after the outcome.
        if (batch.stream().anyMatch(report -> report.attempt.noted())) {
            scribe.get().write(last);
        }
    }

    private void answered(Report report, Settled answer) {
        switch (answer) {
            case Settled.Done done -> leases.forget(report.attempt);
            case Settled.Stale stale -> {
                leases.forget(report.attempt);
                stale(report);
            }
            case Settled.Refused refused -> refused(report, refused);
        }
    }

    private void stale(Report report) {
        Attempt attempt = report.attempt;
        Attempt.Stop stopped = attempt.stopped();
        if (report.tried && stopped != Attempt.Stop.LOST && stopped != Attempt.Stop.LAPSED) {
            TaskMdc.during(
                    attempt,
                    () -> log.info(
                            "Task {} of type {} (queue {}, run {}): the outcome was tried before without an answer, and is written down",
                            attempt.envelope().id(),
                            attempt.envelope().type(),
                            attempt.lease().queue(),
                            attempt.lease().token()));
            return;
        }
        TaskMdc.during(
                attempt,
                () -> log.warn(
                        "Task {} of type {} (queue {}, run {}): the outcome came too late and was refused; the task belongs to another run, or has ended",
                        attempt.envelope().id(),
                        attempt.envelope().type(),
                        attempt.lease().queue(),
                        attempt.lease().token()));
        if (attempt.stopped() != Attempt.Stop.LOST) {
            ends.superseded(attempt);
        }
    }

    private void refused(Report report, Settled.Refused refused) {
        if (report.outcome.verdict() instanceof Outcome.Verdict.Dead) {
            leases.forget(report.attempt);
            TaskMdc.during(
                    report.attempt,
                    () -> log.error(
                            "Task {} of type {}: not even its death can be stored; it will be taken back when its lease has run out",
                            report.attempt.envelope().id(),
                            report.attempt.envelope().type(),
                            refused.why()));
            return;
        }
        ends.endedElsewhere(report.attempt, judge.unsettleable(report.attempt, refused.why()), refused.why());
    }

    private void done(int count) {
        boolean wasFull = full();
        if (pending.addAndGet(-count) == 0) {
            empty.raise();
        }
        if (wasFull && !full()) {
            onRoom.run();
        }
    }
}
