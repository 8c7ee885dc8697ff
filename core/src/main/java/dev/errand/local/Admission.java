package dev.errand.local;

import dev.errand.local.Applicants.Applicant;
import dev.errand.time.Signal;
import dev.errand.time.Time;
import java.time.Duration;

/** Takes jobs in, or does what was chosen for when there is no room. On the submitter's thread. */
final class Admission {
    private final Engine engine;
    private final Room room;
    private final Time time;
    private final Reports reports;
    private final WhenFull whenFull;

    Admission(Engine engine, WhenFull whenFull) {
        this.engine = engine;
        this.room = engine.room();
        this.time = engine.time();
        this.reports = engine.reports();
        this.whenFull = whenFull;
    }

    /** May block, or run the job. */
    void submit(Job<?> job, Duration delay) {
        Answer answer = enter(job, delay);
        if (answer == Answer.FULL) {
            answer = overflow(job, delay);
        }
        if (answer == Answer.CLOSED) {
            throw refusedAsClosed(job);
        }
        taken(job, answer, delay);
    }

    /** Takes a job in if that is possible at once; otherwise nothing has happened, unless it had to give way itself. */
    boolean offer(Job<?> job) {
        Answer answer = enter(job, Duration.ZERO);
        if (answer == Answer.FULL && whenFull instanceof WhenFull.DropOldest) {
            answer = dropOldest(job, Duration.ZERO);
        }
        taken(job, answer, Duration.ZERO);
        return answer == Answer.STARTS || answer == Answer.WAITS;
    }

    /** Reserves a place for a job whose time is told later by {@link Engine#due}; blocks, refuses or drops as {@link #submit} does. */
    void reserve(Job<?> job, Duration about) {
        job.since = time.nanoTime() + about.toNanos();
        Answer answer = room.reserve(job);
        if (answer == Answer.FULL) {
            answer = overflow(job, about);
        }
        if (answer == Answer.CLOSED) {
            throw refusedAsClosed(job);
        }
        if (answer == Answer.WAITS) {
            reports.enqueued(job);
            engine.awaitsItsTime(job);
        }
    }

    private LocalClosedException refusedAsClosed(Job<?> job) {
        String why =
                "The local tasks " + engine.name() + " are closed and take no more; " + job.name + " was not taken";
        reports.refused(job, why);
        return new LocalClosedException(why);
    }

    private Answer enter(Job<?> job, Duration delay) {
        if (!delay.isZero()) {
            job.since = time.nanoTime() + delay.toNanos();
            return room.reserve(job);
        }
        if (reports.observed()) {
            job.since = time.nanoTime();
        }
        Answer answer = room.admit(job);
        if (job.key != null && (answer == Answer.FULL || answer == Answer.CLOSED)) {
            engine.serve(); // it may have had the turn of its key, and passed it on
        }
        return answer;
    }

    /** FULL means here: it has its end already. */
    private void taken(Job<?> job, Answer answer, Duration delay) {
        switch (answer) {
            case STARTS -> {
                reports.enqueued(job);
                engine.start(job.running());
            }
            case WAITS -> {
                reports.enqueued(job);
                if (delay.isZero()) {
                    engine.endIfSwept(job);
                    engine.serve();
                } else {
                    engine.wakeAfter(job, delay);
                }
            }
            case FULL, CLOSED -> {}
        }
    }

    private Answer overflow(Job<?> job, Duration delay) {
        return switch (whenFull) {
            case WhenFull.Refuse refuse -> throw refused(job, "");
            case WhenFull.WaitAtMost wait -> awaitRoom(job, delay, wait.limit());
            case WhenFull.RunInCaller caller -> runInCaller(job, delay);
            case WhenFull.DropOldest oldest -> dropOldest(job, delay);
            case WhenFull.DropNewest newest -> {
                engine.drop(job, "no room: " + figures());
                yield Answer.FULL;
            }
        };
    }

    private RoomFullException refused(Job<?> job, String after) {
        String why = "No room for " + job.name + " in the local tasks " + engine.name() + after + ": " + figures()
                + ". Try later, shed the load, or give more permits or a larger waiting room";
        reports.refused(job, why);
        return new RoomFullException(why);
    }

    private String figures() {
        Capacity capacity = room.capacity();
        return capacity.permits() - capacity.free() + " of " + capacity.permits() + " permits are in use, "
                + capacity.waiting() + " of " + capacity.places() + " places are taken";
    }

    private Answer awaitRoom(Job<?> job, Duration delay, Duration limit) {
        long end = time.nanoTime() + limit.toNanos();
        Applicant applicant = new Applicant(new Signal(time), job);
        try {
            while (true) {
                room.queueUp(applicant);
                boolean inTime = applicant.signal().await(Duration.ofNanos(end - time.nanoTime()));
                Answer answer = enter(job, delay);
                if (answer != Answer.FULL) {
                    return answer;
                }
                if (!inTime) {
                    throw refused(job, ", not within " + limit + " either");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refused(job, ", and the thread that waited for it was interrupted");
        } finally {
            room.leaveQueue(applicant);
        }
    }

    private Answer dropOldest(Job<?> job, Duration delay) {
        Answer answer = Answer.FULL;
        while (answer == Answer.FULL) {
            Job<?> oldest = room.takeOutOldest();
            if (oldest == null) {
                engine.drop(job, "no room, and none in line that could give way: " + figures());
                return Answer.FULL;
            }
            engine.endTakenOut(oldest, new Ending.Dropped("gave way to " + job.name));
            answer = enter(job, delay);
        }
        engine.serve();
        return answer;
    }

    /** Between two attempts, too, it is this thread that waits: so a failing job takes no place that it does not have. */
    private Answer runInCaller(Job<?> job, Duration delay) {
        Answer answer = delay.isZero() ? room.admitBeside(job) : Answer.FULL;
        if (answer == Answer.FULL) {
            throw refused(job, delay.isZero() ? ", and its key is busy" : " until its time");
        }
        if (answer == Answer.CLOSED) {
            return answer;
        }
        reports.enqueued(job);
        Attempt attempt = job.running();
        Ending ending = engine.attempt(attempt);
        while (ending instanceof Ending.Again again && !job.calledOff() && !room.swept()) {
            engine.again(attempt, again);
            room.gone(attempt);
            attempt.passInterruptOn();
            room.beginAgainBeside(job);
            attempt = job.running();
            ending = afterPause(attempt, again.delay());
        }
        engine.concluded(attempt, ending, false);
        attempt.passInterruptOn();
        return Answer.FULL;
    }

    /** An interrupt of ours is judged by the attempt, which does not begin then. */
    private Ending afterPause(Attempt attempt, Duration delay) {
        try {
            if (attempt.begin(Thread.currentThread()) && !attempt.job.calledOff() && !room.swept()) {
                new Signal(time).await(delay);
            }
        } catch (InterruptedException e) {
            if (attempt.stopped() == null) {
                Thread.currentThread().interrupt();
                return new Ending.Cancelled("its caller was interrupted between two attempts", false);
            }
        }
        return engine.attempt(attempt);
    }
}
