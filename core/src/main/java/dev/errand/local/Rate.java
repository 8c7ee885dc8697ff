package dev.errand.local;

/**
 * So many starts in each period: the first {@code starts} at once, then evenly, never more than {@code starts} ahead of an even
 * pace. For one thread at a time.
 */
final class Rate {
    private final long spacing;
    private final long burst;
    private long due;
    private boolean begun;

    Rate(int starts, long periodNanos) {
        this.spacing = Math.max(1, periodNanos / starts);
        this.burst = spacing * (starts - 1);
    }

    /** How long until the next start is allowed; 0: now. */
    long waitNanos(long now) {
        return begun ? Math.max(0, due - burst - now) : 0;
    }

    void start(long now) {
        due = (begun && due - now > 0 ? due : now) + spacing;
        begun = true;
    }
}
