package dev.errand.local;

import dev.errand.DeadCause;
import dev.errand.local.Attempt.Stop;
import dev.errand.local.ContextCarrier.Scope;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Runs attempts on virtual threads, and interrupts them. Nothing that a job throws, {@code Error}s included, gets past {@link
 * #attempt}. A thread has no context but what the carriers bring, because the end of any other job may have started it. One whose
 * job ended normally goes on with the next in line, which costs a fraction of a new thread; one whose job did not is not used again,
 * since nobody knows what was left undone there.
 */
final class Runner {
    static final Duration STUCK_AFTER = Duration.ofSeconds(5);
    /** The other threads of the machine get their turn in between. */
    private static final int MOST_ON_ONE_THREAD = 64;

    private final Time time;
    private final Room room;
    private final Judge judge;
    private final Reports reports;
    private final boolean threadEach;
    private final OnEnd onEnd;
    private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();

    /** What follows the end of an attempt. */
    interface OnEnd {
        /** If the thread {@code canGoOn}, answers what it is to run next, if anything. */
        @Nullable
        Attempt ended(Attempt attempt, Ending ending, boolean canGoOn);
    }

    Runner(Time time, Room room, Judge judge, Reports reports, boolean threadEach, OnEnd onEnd) {
        this.time = time;
        this.room = room;
        this.judge = judge;
        this.reports = reports;
        this.threadEach = threadEach;
        this.onEnd = onEnd;
    }

    /** Null, unless there is no memory for a thread: then that is how the job ends. */
    @Nullable
    Ending start(Attempt attempt) {
        try {
            Thread.ofVirtual()
                    .name(attempt.job.name)
                    .inheritInheritableThreadLocals(false)
                    .start(() -> run(attempt));
            return null;
        } catch (Throwable t) {
            return new Ending.Dead(DeadCause.CRASHED, "no thread could be started for it", t);
        }
    }

    private void run(Attempt first) {
        Thread thread = Thread.currentThread();
        Attempt attempt = first;
        for (int jobs = 1; attempt != null; jobs++) {
            thread.setContextClassLoader(loader);
            Ending ending = attempt(attempt);
            boolean clean = ending instanceof Ending.Completed && attempt.stopped() == null && !Thread.interrupted();
            Attempt next = onEnd.ended(attempt, ending, clean && !threadEach && jobs < MOST_ON_ONE_THREAD);
            if (next != null && !next.job.name.equals(attempt.job.name)) {
                thread.setName(next.job.name);
            }
            attempt = next;
        }
    }

    /** Runs it on the calling thread. */
    Ending attempt(Attempt attempt) {
        Job<?> job = attempt.job;
        try {
            Ending early = judge.beforeRun(job);
            if (early != null) {
                named(attempt);
                return early;
            }
            return call(job, attempt);
        } catch (Throwable t) {
            return judge.threw(job, attempt.stopped(), attempt.strayed(), t);
        } finally {
            if (attempt.end()) {
                reports.unstuck();
            }
        }
    }

    private Ending call(Job<?> job, Attempt attempt) throws Exception {
        int run = job.runs + 1;
        job.runs = run;
        Callable<?> body = job.body();
        if (body == null || !attempt.begin(Thread.currentThread()) || calledOff(job, attempt)) {
            named(attempt);
            throw new InterruptedException("stopped before it began");
        }
        limit(job, attempt);
        if (reports.observed()) {
            attempt.begun = time.nanoTime();
            attempt.seenToBegin = true;
        }
        reports.started(job, attempt.begun - job.since);
        Scope scope = attempt.beside() ? Current.enterBeside(job) : Current.enter(job);
        try {
            return Ending.completed(body.call());
        } finally {
            if (scope != null) {
                scope.close();
            }
        }
    }

    /** For one that ends before its code began: the thread may still have the fields of the job before it. */
    private static void named(Attempt attempt) {
        if (!attempt.beside()) {
            Current.take(attempt.job);
        }
    }

    /** What was said while there was no attempt to say it to. */
    private boolean calledOff(Job<?> job, Attempt attempt) {
        return (job.calledOff() && attempt.stop(Stop.CANCEL)) || (room.swept() && attempt.stop(Stop.SHUTDOWN));
    }

    private void limit(Job<?> job, Attempt attempt) {
        Duration timeout = job.plan.timeout();
        Instant deadline = job.plan.deadline();
        if (timeout == null && deadline == null) {
            return;
        }
        Instant now = time.now();
        boolean byTimeout =
                timeout != null && (deadline == null || now.plus(timeout).isBefore(deadline));
        Instant until = byTimeout && timeout != null ? now.plus(timeout) : deadline;
        if (until != null) {
            attempt.deadline = until;
            attempt.limitedBy(time.after(
                    Duration.between(now, until), () -> interrupt(attempt, byTimeout ? Stop.TIMEOUT : Stop.DEADLINE)));
        }
    }

    /** Interrupts a run, and sees whether it ends by it. */
    void interrupt(Attempt attempt, Stop why) {
        if (attempt.stop(why)) {
            attempt.watchedBy(time.after(STUCK_AFTER, () -> {
                if (attempt.foundStuck()) {
                    reports.stuck(attempt.job, STUCK_AFTER);
                }
            }));
        }
    }
}
