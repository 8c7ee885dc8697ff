package dev.errand.notices;

import dev.errand.Notice;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded line of notices: any thread puts in, one takes out. A put never waits and is refused when the line is full. An
 * array as a ring: a producer first claims the next place by counting {@link #IN} up, then fills it; the consumer empties it and
 * counts {@link #OUT} up. Claiming is a full fence, on which {@link Ear}'s sleep relies.
 */
final class NoticeBuffer {
    private static final long MOMENT = 1_000;
    /** So often the consumer shows how far it is. */
    private static final int STRIDE = 64;

    /** The places of the counters, which are a cache line and more apart so that producers and consumer do not slow each other. */
    private static final int IN = 16;

    private static final int OUT = 48;
    /** What {@link #OUT} was lately: looked up anew only when the line seems full. */
    private static final int OUT_SEEN = 20;

    private static final int COUNTERS = 64;

    private final AtomicReferenceArray<@Nullable Notice> ring;
    private final int mask;
    private final AtomicLongArray counters = new AtomicLongArray(COUNTERS);

    /** Holds {@code capacity}, a power of two. */
    NoticeBuffer(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException(capacity + " is not a power of two");
        }
        this.ring = new AtomicReferenceArray<>(capacity);
        this.mask = capacity - 1;
    }

    /** False if it is full. */
    boolean put(Notice notice) {
        while (true) {
            long place = counters.get(IN);
            if (place - counters.getPlain(OUT_SEEN) > mask) {
                long now = counters.get(OUT);
                if (place - now > mask) {
                    return false;
                }
                counters.setOpaque(OUT_SEEN, now);
            }
            if (counters.compareAndSet(IN, place, place + 1)) {
                ring.setRelease((int) place & mask, notice);
                return true;
            }
        }
    }

    /** Takes out what is there now, the oldest first; how many. Waits out producers that are about to fill their places. */
    int drain(Consumer<Notice> to) {
        long first = counters.getPlain(OUT);
        long end = counters.get(IN);
        for (long place = first; place < end; place++) {
            int index = (int) place & mask;
            Notice notice;
            while ((notice = ring.getAcquire(index)) == null) {
                LockSupport.parkNanos(MOMENT);
            }
            ring.setPlain(index, null);
            if (place % STRIDE == 0) {
                counters.setRelease(OUT, place + 1);
            }
            to.accept(notice);
        }
        counters.setRelease(OUT, end);
        return (int) (end - first);
    }

    /** About how many wait; never too few. */
    int size() {
        long out = counters.get(OUT);
        return (int) (counters.get(IN) - out);
    }

    /** For the consumer. */
    boolean isEmpty() {
        return counters.getPlain(OUT) == counters.get(IN);
    }
}
