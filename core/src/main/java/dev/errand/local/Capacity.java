package dev.errand.local;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many permits are free, how many jobs wait, and whether new ones are taken, in one word, so that each decision is one atomic
 * step. The highest bit: closed; 31 bits: waiting; 32 bits: free permits. A job that goes on waiting after an attempt is never
 * refused its place, so there may be more who wait than places, by as many jobs as can run at once.
 */
final class Capacity {
    private static final long CLOSED = 1L << 63;
    private static final long ONE_WAITS = 1L << 32;
    private static final long FREE = ONE_WAITS - 1;

    private final int permits;
    private final int places;
    private final AtomicLong word;

    Capacity(int permits, int places) {
        this.permits = permits;
        this.places = places;
        this.word = new AtomicLong(permits);
    }

    int permits() {
        return permits;
    }

    int places() {
        return places;
    }

    /** Takes permits at once, unless that would overtake somebody in line; or else a place. */
    Answer enter(int weight, WaitingLine line, boolean mayStart) {
        while (true) {
            long now = word.get();
            if (now < 0) {
                return Answer.CLOSED;
            }
            boolean starts = mayStart && free(now) >= weight && (waiting(now) == 0 || line.first() == null);
            if (!starts && waiting(now) >= places) {
                return Answer.FULL;
            }
            if (word.compareAndSet(now, starts ? now - weight : now + ONE_WAITS)) {
                return starts ? Answer.STARTS : Answer.WAITS;
            }
        }
    }

    /** Takes a place. */
    Answer wait(WaitingLine line) {
        return enter(0, line, false);
    }

    /** Takes permits for one who waits, who then gives the place back, or else the permits; false if there are not enough. */
    boolean take(int weight) {
        while (true) {
            long now = word.get();
            if (free(now) < weight) {
                return false;
            }
            if (word.compareAndSet(now, now - weight)) {
                return true;
            }
        }
    }

    /** From the permits to a place, which is never refused. */
    void goBackToWait(int held) {
        word.addAndGet(ONE_WAITS + held);
    }

    void giveBack(int held) {
        if (held > 0) {
            word.addAndGet(held);
        }
    }

    void givePlaceBack() {
        word.addAndGet(-ONE_WAITS);
    }

    void close() {
        word.getAndUpdate(now -> now | CLOSED);
    }

    boolean closed() {
        return word.get() < 0;
    }

    boolean hasPlace() {
        return waiting(word.get()) < places;
    }

    int free() {
        return free(word.get());
    }

    int waiting() {
        return waiting(word.get());
    }

    /** How many wait, or -1 if permits are in use. */
    int waitingIfNoneRuns() {
        long now = word.get();
        return free(now) == permits ? waiting(now) : -1;
    }

    private static int free(long word) {
        return (int) (word & FREE);
    }

    private static int waiting(long word) {
        return (int) ((word & ~CLOSED) >>> 32);
    }
}
