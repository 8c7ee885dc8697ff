package dev.errand.local;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The keys in use: for each, the job whose turn it is (in line, running, or to be retried) and those behind it. No thread waits for
 * a turn: who gives one back hands it on. The keys are spread over stripes, each with a lock of its own; no other lock is taken
 * under it, and of the user's code only the key's {@code hashCode} and {@code equals} run there.
 */
final class Keys {
    private final Stripe[] stripes;

    private static final class Stripe {
        private final ReentrantLock lock = new ReentrantLock();
        private final Map<Object, Turn> turns = new HashMap<>();
    }

    /** Whose turn it is, and who comes next, linked through themselves so that any of them leaves at once. */
    private static final class Turn {
        Job<?> holder;

        @Nullable
        Job<?> first;

        @Nullable
        Job<?> last;

        Turn(Job<?> holder) {
            this.holder = holder;
        }

        void add(Job<?> job) {
            job.before = last;
            if (last == null) {
                first = job;
            } else {
                last.after = job;
            }
            last = job;
        }

        void remove(Job<?> job) {
            if (job.before == null) {
                first = job.after;
            } else {
                job.before.after = job.after;
            }
            if (job.after == null) {
                last = job.before;
            } else {
                job.after.before = job.before;
            }
            job.before = null;
            job.after = null;
        }
    }

    /** With so many stripes, a power of two. */
    Keys(int stripes) {
        this.stripes = new Stripe[stripes];
        for (int i = 0; i < stripes; i++) {
            this.stripes[i] = new Stripe();
        }
    }

    private Stripe stripe(Object key) {
        int hash = key.hashCode();
        return stripes[(hash ^ (hash >>> 16)) & (stripes.length - 1)];
    }

    /**
     * For a job that is not taken yet.
     *
     * @param place takes a place in the waiting room
     * @return STARTS: it has the turn; WAITS: it is behind; otherwise what {@code place} said
     */
    Answer enter(Object key, Job<?> job, Supplier<Answer> place) {
        Stripe stripe = stripe(key);
        stripe.lock.lock();
        try {
            Turn turn = stripe.turns.get(key);
            if (turn == null) {
                stripe.turns.put(key, new Turn(job));
                return Answer.STARTS;
            }
            Answer answer = place.get();
            if (answer == Answer.WAITS && job.move(Place.OUT, Place.BEHIND)) {
                turn.add(job);
            }
            return answer;
        } finally {
            stripe.lock.unlock();
        }
    }

    /** For a job aside whose time has come; true if it has the turn and is in line now. */
    boolean due(Object key, Job<?> job) {
        Stripe stripe = stripe(key);
        stripe.lock.lock();
        try {
            Turn turn = stripe.turns.get(key);
            if (turn != null && turn.holder != job) {
                if (job.move(Place.ASIDE, Place.BEHIND)) {
                    turn.add(job);
                }
                return false;
            }
            boolean inLine = job.move(Place.ASIDE, Place.LINE);
            if (inLine && turn == null) {
                stripe.turns.put(key, new Turn(job));
            }
            return inLine;
        } finally {
            stripe.lock.unlock();
        }
    }

    /** Gives the turn back if {@code job} has it; answers who has it now, and is in line. */
    @Nullable
    Job<?> release(Object key, Job<?> job) {
        Stripe stripe = stripe(key);
        stripe.lock.lock();
        try {
            Turn turn = stripe.turns.get(key);
            if (turn == null || turn.holder != job) {
                return null;
            }
            Job<?> next = turn.first;
            if (next == null) {
                stripe.turns.remove(key);
                return null;
            }
            turn.remove(next);
            turn.holder = next;
            next.move(Place.BEHIND, Place.LINE);
            return next;
        } finally {
            stripe.lock.unlock();
        }
    }

    /** Ends a job that is behind; false if it is not. */
    boolean end(Object key, Job<?> job) {
        Stripe stripe = stripe(key);
        stripe.lock.lock();
        try {
            Turn turn = stripe.turns.get(key);
            if (turn == null || !job.move(Place.BEHIND, Place.ENDED)) {
                return false;
            }
            turn.remove(job);
            return true;
        } finally {
            stripe.lock.unlock();
        }
    }

    boolean inUse(Object key) {
        Stripe stripe = stripe(key);
        stripe.lock.lock();
        try {
            return stripe.turns.containsKey(key);
        } finally {
            stripe.lock.unlock();
        }
    }

    /** All who are behind, each key's in their order. */
    List<Job<?>> behind() {
        List<Job<?>> all = new ArrayList<>();
        for (Stripe stripe : stripes) {
            stripe.lock.lock();
            try {
                for (Turn turn : stripe.turns.values()) {
                    for (Job<?> job = turn.first; job != null; job = job.after) {
                        all.add(job);
                    }
                }
            } finally {
                stripe.lock.unlock();
            }
        }
        return all;
    }

    int size() {
        int size = 0;
        for (Stripe stripe : stripes) {
            stripe.lock.lock();
            try {
                size += stripe.turns.size();
            } finally {
                stripe.lock.unlock();
            }
        }
        return size;
    }
}
