package dev.errand.local;

import dev.errand.local.Applicants.Applicant;
import dev.errand.time.Signal;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who runs, who waits, and who is next. There is no lock around it: each decision is one atomic step of {@link Capacity} or of a
 * job's {@link Place}, and what is not yet in order between two steps is put in order by whoever comes next. The line is served in
 * order: a heavy job at its head is not overtaken by light ones. Whatever may let a job start is followed by {@link #next} until it
 * answers null; a job that it answers runs by the books, and the caller must start it.
 */
final class Room {
    private final Capacity capacity;
    private final @Nullable Pacing pacing;
    private final WaitingLine line = new WaitingLine();
    private final Keys keys;
    private final Set<Job<?>> aside = ConcurrentHashMap.newKeySet();
    private final RunningAttempts running;
    private final Applicants applicants = new Applicants();
    private final AtomicLong returns = new AtomicLong();
    private volatile boolean swept;
    private volatile @Nullable Signal watcher;

    Room(Capacity capacity, Keys keys, @Nullable Pacing pacing) {
        this.capacity = capacity;
        this.keys = keys;
        this.pacing = pacing;
        this.running = new RunningAttempts(capacity.permits());
    }

    Capacity capacity() {
        return capacity;
    }

    /** Takes a new job in, to run or to wait. */
    Answer admit(Job<?> job) {
        Object key = job.key;
        if (key == null) {
            return admitInTurn(job);
        }
        Answer turn = keys.enter(key, job, () -> capacity.wait(line));
        if (turn != Answer.STARTS) {
            return turn;
        }
        Answer answer = admitInTurn(job);
        if (answer == Answer.FULL || answer == Answer.CLOSED) {
            passTurn(job);
        }
        return answer;
    }

    private Answer admitInTurn(Job<?> job) {
        Answer answer = capacity.enter(job.plan.weight(), line, pacing == null);
        if (answer == Answer.STARTS) {
            job.move(Place.OUT, Place.RUNNING);
            begin(job, job.plan.weight(), false);
        } else if (answer == Answer.WAITS) {
            job.move(Place.OUT, Place.LINE);
            line.add(job);
        }
        return answer;
    }

    /** Takes a new job in that is to wait for its time. Then its timer is set, and {@link #awaitsItsTime} called. */
    Answer reserve(Job<?> job) {
        Answer answer = capacity.wait(line);
        if (answer == Answer.WAITS) {
            job.move(Place.OUT, Place.ASIDE);
        }
        return answer;
    }

    /** Takes a new job in that its submitter runs, beside the permits; not if it would have to wait for its key. */
    Answer admitBeside(Job<?> job) {
        if (capacity.closed()) {
            return Answer.CLOSED;
        }
        if (job.key != null && keys.enter(job.key, job, () -> Answer.FULL) != Answer.STARTS) {
            return Answer.FULL;
        }
        job.move(Place.OUT, Place.RUNNING);
        begin(job, 0, true);
        return Answer.STARTS;
    }

    private Attempt begin(Job<?> job, int held, boolean beside) {
        Attempt attempt = new Attempt(job, held, beside);
        job.attempt = attempt;
        running.add(attempt);
        return attempt;
    }

    /** The same once more, after {@link #gone}. */
    void beginAgainBeside(Job<?> job) {
        begin(job, 0, true);
    }

    /** Takes a job out of the line for a thread that would otherwise wait for it; false if it is not there. */
    boolean claim(Job<?> job) {
        if (pacing != null || !job.move(Place.LINE, Place.RUNNING)) {
            return false;
        }
        begin(job, 0, true);
        capacity.givePlaceBack();
        line.leftFromWithin(capacity.waiting());
        wakeApplicant();
        return true;
    }

    /** An attempt is over and there is to be another; false if it was called off meanwhile. Goes on as after {@link #reserve}. */
    boolean setAside(Job<?> job, int held) {
        returns.incrementAndGet();
        capacity.goBackToWait(held);
        if (job.move(Place.RUNNING, Place.ASIDE)) {
            return true;
        }
        capacity.givePlaceBack();
        return false;
    }

    /** Its timer is set, so from here on it is seen to wait. */
    void awaitsItsTime(Job<?> job) {
        aside.add(job);
        if (job.place() != Place.ASIDE) {
            aside.remove(job);
        }
        changed();
    }

    /** The time of a job aside has come. */
    void due(Job<?> job) {
        boolean inLine = job.key == null ? job.move(Place.ASIDE, Place.LINE) : keys.due(job.key, job);
        if (inLine) {
            line.add(job);
            job.ready();
        }
        aside.remove(job);
        changed();
    }

    /** Ends a waiting job, which gives its turn to the next of its key; false if it does not wait, or another was first. */
    boolean takeOut(Job<?> job) {
        Place from = job.place();
        while (from.waiting() && !ended(job, from)) {
            from = job.place();
        }
        switch (from) {
            case ASIDE -> aside.remove(job);
            case LINE -> line.leftFromWithin(capacity.waiting());
            case BEHIND -> {
                return true;
            }
            default -> {
                return false;
            }
        }
        passTurn(job);
        return true;
    }

    private boolean ended(Job<?> job, Place from) {
        return from == Place.BEHIND ? job.key != null && keys.end(job.key, job) : job.move(from, Place.ENDED);
    }

    /** After {@link #takeOut}, once the job's end was told. */
    void placeFree() {
        capacity.givePlaceBack();
        wakeApplicant();
        changed();
    }

    /** Ends the head of the line; null if the line is empty. {@link #placeFree} is to follow. */
    @Nullable
    Job<?> takeOutOldest() {
        while (true) {
            Job<?> oldest = line.first();
            if (oldest == null || takeOut(oldest)) {
                return oldest;
            }
        }
    }

    /** A job that ran, and whose end is decided, holds its permits and its key no more. */
    void release(Job<?> job, int held) {
        try {
            passTurn(job);
        } finally {
            capacity.giveBack(held);
        }
    }

    private void passTurn(Job<?> job) {
        Job<?> next = job.key == null ? null : keys.release(job.key, job);
        if (next != null) {
            line.add(next);
            next.ready();
        }
    }

    /** An attempt is over, and all that is to be done for it is done. */
    void gone(Attempt attempt) {
        running.remove(attempt);
        changed();
    }

    /** Whoever may start now. */
    @Nullable
    Attempt next() {
        Attempt next = pacing == null ? pick() : pacing.inPace(this::pick);
        if (next != null || capacity.free() > 0) {
            wakeApplicant();
        }
        return next;
    }

    private @Nullable Attempt pick() {
        while (!swept && capacity.free() > 0) {
            Job<?> head = line.first();
            if (head == null || !capacity.take(head.plan.weight())) {
                return null;
            }
            if (head.move(Place.LINE, Place.RUNNING)) {
                line.passed(head);
                Attempt attempt = begin(head, head.plan.weight(), false);
                capacity.givePlaceBack();
                return attempt;
            }
            capacity.giveBack(head.plan.weight());
        }
        return null;
    }

    /** For how long starts must pause for the sake of the rate; then the caller sees to {@link #resume}. Zero: they need not. */
    Duration pause() {
        Job<?> head = pacing == null ? null : line.first();
        return pacing == null || head == null || head.plan.weight() > capacity.free() ? Duration.ZERO : pacing.pause();
    }

    void resume() {
        if (pacing != null) {
            pacing.resume();
        }
    }

    /** Has the applicant's signal raised once it is worth asking for admission again; at once if it is now. */
    void queueUp(Applicant applicant) {
        applicants.add(applicant);
        if (capacity.closed() || hasRoom(applicant.job())) {
            applicants.remove(applicant);
            applicant.signal().raise();
        }
    }

    /** The submitter has got in or given up; a wake-up that it did not use goes to the next. */
    void leaveQueue(Applicant applicant) {
        applicants.remove(applicant);
        wakeApplicant();
    }

    private void wakeApplicant() {
        applicants.wake(this::hasRoom);
    }

    private boolean hasRoom(Job<?> job) {
        return capacity.hasPlace()
                || (capacity.free() >= job.plan.weight()
                        && pacing == null
                        && (job.key == null || !holdsKey(job.key))
                        && line.first() == null);
    }

    /** Whether a job holds the turn of this key. */
    boolean holdsKey(Object key) {
        return keys.inUse(key);
    }

    /** Takes no new jobs from now on; {@code onChange} is raised whenever a job ends or moves. */
    void close(Signal onChange) {
        watcher = onChange;
        capacity.close();
        applicants.wakeAll();
    }

    /**
     * Whether nothing runs or waits that could end by {@code nanos}; for after {@link #close}. A job that goes from running to
     * waiting between the looks is seen by the count of returns.
     */
    boolean idleUntil(long nanos) {
        long before = returns.get();
        int waiting = capacity.waitingIfNoneRuns();
        long far = aside.stream().filter(job -> job.since - nanos > 0).count();
        return waiting >= 0 && waiting <= far && running.all().findAny().isEmpty() && returns.get() == before;
    }

    /** From now on none is to wait or to begin: who lets one wait looks here afterwards, and takes it out. */
    void sweep() {
        swept = true;
    }

    boolean swept() {
        return swept;
    }

    Stream<Job<?>> waiting() {
        return Stream.of(line.jobs(), keys.behind().stream(), aside.stream()).flatMap(jobs -> jobs);
    }

    /** Those whose attempt has not ended, or whose end is not quite told yet. */
    Stream<Attempt> running() {
        return running.all();
    }

    /**
     * The books at about one moment.
     *
     * @param running how many run
     * @param inUse how many permits they hold
     * @param waiting how many wait in all
     * @param delayed how many of them are aside
     * @param keys how many keys are in use
     */
    record Books(int running, int inUse, int waiting, int delayed, int keys) {}

    Books books() {
        return new Books(
                (int) running.all().filter(Attempt::running).count(),
                capacity.permits() - capacity.free(),
                capacity.waiting(),
                aside.size(),
                keys.size());
    }

    private void changed() {
        Signal told = watcher;
        if (told != null) {
            told.raise();
        }
    }
}
