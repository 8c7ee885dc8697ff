package dev.errand.bench.measure;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Who ran how often. Every task has a number, handed out here; what was acknowledged and what ran is put down by that number.
 * Thread-safe. Tasks that were handed out and never acknowledged may run or not.
 */
public final class Census {
    private static final int SEGMENT_BITS = 16;
    private static final int SEGMENT = 1 << SEGMENT_BITS;
    private static final int SEGMENTS = 1 << 12;
    private static final int ACKNOWLEDGED = 1 << 30;
    private static final int EXPLAINED = 1 << 15;
    private static final int RUNS = EXPLAINED - 1;

    /** Of each task: whether it was acknowledged, how many runs had a reason to be another one, how many runs there were. */
    private final AtomicReferenceArray<AtomicIntegerArray> segments = new AtomicReferenceArray<>(SEGMENTS);

    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger ran = new AtomicInteger();

    /**
     * @param lost acknowledged and never run
     * @param duplicates runs beyond the first of each task
     * @param unexplained those of them for which no reason was given
     */
    public record Count(long acknowledged, long lost, long duplicates, long unexplained) {}

    /** The next number, from 0; at most 268 million. */
    public int next() {
        return next.getAndIncrement();
    }

    /** This task is stored, says the broker. */
    public void acknowledged(int number) {
        segment(number).getAndAdd(number & (SEGMENT - 1), ACKNOWLEDGED);
    }

    /**
     * This task runs.
     *
     * @param explained whether the broker has counted a lost lease or a crash for it before
     */
    public void ran(int number, boolean explained) {
        int before = segment(number).getAndAdd(number & (SEGMENT - 1), explained ? EXPLAINED + 1 : 1);
        if ((before & RUNS) == 0) {
            ran.incrementAndGet();
        }
    }

    /** How many different tasks have run. */
    public int ran() {
        return ran.get();
    }

    /** Counts all. */
    public Count count() {
        long acknowledged = 0;
        long lost = 0;
        long duplicates = 0;
        long unexplained = 0;
        int end = next.get();
        for (int number = 0; number < end; number++) {
            int entry = segment(number).get(number & (SEGMENT - 1));
            boolean stored = (entry & ACKNOWLEDGED) != 0;
            int runs = entry & RUNS;
            int reasons = (entry & ~ACKNOWLEDGED) / EXPLAINED;
            acknowledged += stored ? 1 : 0;
            lost += stored && runs == 0 ? 1 : 0;
            duplicates += Math.max(0, runs - 1);
            unexplained += Math.max(0, runs - 1 - reasons);
        }
        return new Count(acknowledged, lost, duplicates, unexplained);
    }

    private AtomicIntegerArray segment(int number) {
        int index = number >>> SEGMENT_BITS;
        AtomicIntegerArray segment = segments.get(index);
        if (segment == null) {
            AtomicIntegerArray fresh = new AtomicIntegerArray(SEGMENT);
            AtomicIntegerArray other = segments.compareAndExchange(index, null, fresh);
            segment = other == null ? fresh : other;
        }
        return segment;
    }
}
