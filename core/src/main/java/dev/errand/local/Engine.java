package dev.errand.local;

import dev.errand.DeadCause;
import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import dev.errand.local.Attempt.Stop;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes jobs, starts those that the room lets start, and sees every one to its end. The order at an end: decided, told to the
 * reports, permits and key free, handle done, gone from the books, the next ones started.
 */
final class Engine {
    private final String name;
    private final String prefix;
    private final Time time;
    private final Room room;
    private final Carriers carriers;
    private final Reports reports;
    private final Runner runner;
    private final AtomicLong numbers = new AtomicLong();
    private volatile Consumer<Job<?>> onLeftOver = job -> {};

    Engine(
            String name,
            String instance,
            Time time,
            Room room,
            Judge judge,
            Carriers carriers,
            Reports reports,
            boolean threadEach) {
        this.name = name;
        this.prefix = name + "-" + instance + "-";
        this.time = time;
        this.room = room;
        this.carriers = carriers;
        this.reports = reports;
        this.runner = new Runner(time, room, judge, reports, threadEach, this::concluded);
    }

    String name() {
        return name;
    }

    Time time() {
        return time;
    }

    Room room() {
        return room;
    }

    Reports reports() {
        return reports;
    }

    TaskId id(long number) {
        return new TaskId(idText(number));
    }

    String idText(long number) {
        return prefix + number;
    }

    /** Is told of each job that was interrupted or swept away by the close, before its handle is done. */
    void onLeftOver(Consumer<Job<?>> told) {
        onLeftOver = told;
    }

    <T extends @Nullable Object> Job<T> job(
            String jobName, Plan plan, @Nullable Object key, Job.@Nullable Follower follower, Callable<T> body) {
        int permits = room.capacity().permits();
        if (plan.weight() > permits) {
            throw new InvalidTaskException("The local task " + jobName + " weighs " + plan.weight() + ", but " + name
                    + " has " + permits + " permits in all; give it less weight, or more permits");
        }
        Job<?> outer = Current.job();
        Instant latest = outer == null ? null : outer.plan.deadline();
        return job(jobName, latest == null ? plan : plan.until(latest), key, carriers.capture(), follower, body);
    }

    /** One that is submitted in the name of who had this context, on whatever thread. */
    <T extends @Nullable Object> Job<T> job(
            String jobName,
            Plan plan,
            @Nullable Object key,
            @Nullable Carried context,
            Job.@Nullable Follower follower,
            Callable<T> body) {
        return new Job<>(this, jobName, plan, numbers.incrementAndGet(), key, context, follower, body);
    }

    /** What the calling thread has to carry along. */
    @Nullable
    Carried context() {
        return carriers.capture();
    }

    /** Starts an attempt that runs by the books. */
    void start(Attempt attempt) {
        Ending ending = runner.start(attempt);
        if (ending != null) {
            concluded(attempt, ending, false);
        }
    }

    /** Starts whoever may start now. */
    void serve() {
        for (Attempt next = room.next(); next != null; next = room.next()) {
            start(next);
        }
        Duration pause = room.pause();
        if (pause.isPositive()) {
            time.after(pause, () -> {
                room.resume();
                serve();
            });
        }
    }

    /** Runs an attempt on the calling thread. */
    Ending attempt(Attempt attempt) {
        return runner.attempt(attempt);
    }

    /** An attempt has ended. If its thread can go on, answers what that is to run next, if anything. */
    @Nullable
    Attempt concluded(Attempt attempt, Ending ending, boolean canGoOn) {
        try {
            if (!(ending instanceof Ending.Again again) || !returned(attempt, again)) {
                finish(attempt, ending);
            }
        } catch (Throwable t) {
            endAnyhow(attempt, t);
        }
        room.gone(attempt);
        Attempt next = canGoOn ? room.next() : null;
        serve();
        return next;
    }

    /** To its next attempt; false if it is not to have one. */
    private boolean returned(Attempt attempt, Ending.Again again) {
        Job<?> job = attempt.job;
        if (job.calledOff() || room.swept()) {
            return false;
        }
        again(attempt, again);
        job.since = time.nanoTime() + again.delay().toNanos();
        if (!room.setAside(job, attempt.letGo())) {
            return false;
        }
        wakeAfter(job, again.delay());
        return true;
    }

    /** An attempt has failed, or given the job back, and there is to be another. */
    void again(Attempt attempt, Ending.Again again) {
        Job<?> job = attempt.job;
        if (again.counts()) {
            int failures = job.failures + 1;
            job.failures = failures;
        }
        reports.again(job, again, ran(attempt));
    }

    /** Who closes sees either that it still runs, or that it was left over: the latter is told before the end is decided. */
    private void finish(Attempt attempt, Ending ending) {
        Job<?> job = attempt.job;
        Ending last = ending;
        if (ending instanceof Ending.Again) {
            last = job.calledOff() ? whileItRan() : new Ending.Cancelled("left over between two attempts", true);
        }
        if (last instanceof Ending.Cancelled cancelled && cancelled.leftOver()) {
            onLeftOver.accept(job);
        }
        if (job.decide() && last instanceof Ending.Dead) {
            last = whileItRan();
        }
        told(job, last, ran(attempt));
        try {
            room.release(job, attempt.letGo());
        } finally {
            job.end(last);
        }
    }

    /** What is not foreseen, such as a key whose {@code hashCode} throws, must not leave permits, or those who wait for the job, behind. */
    private void endAnyhow(Attempt attempt, Throwable defect) {
        Job<?> job = attempt.job;
        reports.defect("What follows an attempt of " + job, defect);
        room.capacity().giveBack(attempt.letGo());
        Ending dead = new Ending.Dead(DeadCause.CRASHED, "what was to follow its attempt failed", defect);
        try {
            if (job.ending() == null && !endWaiting(job, dead)) {
                job.decide();
                job.end(dead);
            }
        } catch (Throwable t) {
            reports.defect("The end of " + job, t);
        }
    }

    private static Ending whileItRan() {
        return new Ending.Cancelled("cancelled while it ran", false);
    }

    private @Nullable Duration ran(Attempt attempt) {
        return attempt.seenToBegin ? Duration.ofNanos(time.nanoTime() - attempt.begun) : null;
    }

    /** Sets the timer of a job that is aside by now, and only then lets it be seen to wait. */
    void wakeAfter(Job<?> job, Duration delay) {
        timed(job, time.after(delay, () -> due(job)));
        awaitsItsTime(job);
    }

    /** The timer goes with the job: whichever is done first undoes the other. */
    void timed(Job<?> job, Time.Timer timer) {
        job.timer = timer;
        if (job.place() == Place.ENDED) {
            timer.cancel();
        }
    }

    void awaitsItsTime(Job<?> job) {
        room.awaitsItsTime(job);
        endIfSwept(job);
    }

    /** The time of a job aside has come. */
    void due(Job<?> job) {
        room.due(job);
        serve();
    }

    /** Runs a job that is in line on the calling thread, if this belongs to another job of ours. */
    boolean helpWith(Job<?> job) {
        Job<?> current = Current.job();
        if (current == null || current.engine != this || !room.claim(job)) {
            return false;
        }
        Attempt attempt = job.running();
        concluded(attempt, attempt(attempt), false);
        attempt.passInterruptOn();
        return true;
    }

    /**
     * Calls a job off. True for the one caller whose step it was: from waiting to its end, or from running to called off.
     *
     * @param why is its reason if it waits
     */
    boolean cancel(Job<?> job, String why) {
        while (true) {
            if (endWaiting(job, new Ending.Cancelled(why, false))) {
                serve();
                return true;
            }
            if (job.move(Place.RUNNING, Place.CALLED_OFF)) {
                Attempt attempt = job.attempt;
                if (attempt != null) {
                    runner.interrupt(attempt, Stop.CANCEL);
                }
                return true;
            }
            Place now = job.place();
            if (!now.waiting() && now != Place.RUNNING) {
                return false;
            }
        }
    }

    /** Ends a job if it waits. */
    boolean endWaiting(Job<?> job, Ending how) {
        if (!room.takeOut(job)) {
            return false;
        }
        endTakenOut(job, how);
        return true;
    }

    /** Ends a job that was taken out of the room while it waited. */
    void endTakenOut(Job<?> job, Ending how) {
        Time.Timer timer = job.timer;
        if (timer != null) {
            timer.cancel();
        }
        told(job, how, null);
        job.end(how);
        room.placeFree();
    }

    /** Ends a job that was never taken, for want of room. */
    void drop(Job<?> job, String why) {
        Ending how = new Ending.Dropped(why);
        told(job, how, null);
        endUntaken(job, how);
    }

    /** Ends a job that was never taken, of which nobody is to hear. */
    void endUntaken(Job<?> job, Ending how) {
        if (job.move(Place.OUT, Place.ENDED)) {
            job.end(how);
        }
    }

    /** Interrupts those who run, and takes out all who wait, for good. */
    @SuppressWarnings("ThreadPriorityCheck") // yields to those who are just on their way from one place to another
    void sweep() {
        room.sweep();
        room.running().forEach(attempt -> runner.interrupt(attempt, Stop.SHUTDOWN));
        while (room.capacity().waiting() > 0) {
            room.waiting().forEach(this::endSwept);
            Thread.yield();
        }
    }

    /** For a job that was let wait just now. */
    void endIfSwept(Job<?> job) {
        if (room.swept()) {
            endSwept(job);
        }
    }

    private void endSwept(Job<?> job) {
        if (room.takeOut(job)) {
            onLeftOver.accept(job);
            endTakenOut(job, new Ending.Cancelled("left over by the close of " + name, true));
        }
    }

    private void told(Job<?> job, Ending ending, @Nullable Duration ran) {
        switch (ending) {
            case Ending.Completed done -> reports.completed(job, ran);
            case Ending.Dead dead -> reports.dead(job, dead, ran, job.runs > job.failures);
            case Ending.Cancelled cancelled -> reports.cancelled(job, cancelled.reason(), ran);
            case Ending.Dropped dropped -> reports.dropped(job, dropped.reason());
            case Ending.Again again -> throw new IllegalStateException("a job that goes on has no end");
        }
    }
}
