package dev.errand.bench.measure;

import dev.errand.bench.report.Quantiles;
import java.util.Arrays;
import java.util.Optional;

/** Times of single calls or tasks, in nanoseconds. For one thread; {@link #add(Samples)} brings those of several together. */
public final class Samples {
    private static final double NANOS_PER_MILLI = 1e6;

    private long[] nanos = new long[1_024];
    private int size;

    /** One more. */
    public void add(long time) {
        if (size == nanos.length) {
            nanos = Arrays.copyOf(nanos, size * 2);
        }
        nanos[size++] = time;
    }

    /** All of another's. */
    public void add(Samples others) {
        if (nanos.length - size < others.size) {
            nanos = Arrays.copyOf(nanos, Math.max(size + others.size, nanos.length * 2));
        }
        System.arraycopy(others.nanos, 0, nanos, size, others.size);
        size += others.size;
    }

    /** How many there are. */
    public int size() {
        return size;
    }

    /**
     * The quantiles by nearest rank: the smallest time that is at least as long as that share of all; empty without any times.
     */
    public Optional<Quantiles> quantiles() {
        if (size == 0) {
            return Optional.empty();
        }
        long[] sorted = Arrays.copyOf(nanos, size);
        Arrays.sort(sorted);
        return Optional.of(new Quantiles(rank(sorted, 0.5), rank(sorted, 0.99), rank(sorted, 1)));
    }

    /** The shortest in milliseconds; 0 without any. */
    public double minMillis() {
        return Arrays.stream(nanos, 0, size).min().orElse(0) / NANOS_PER_MILLI;
    }

    private static double rank(long[] sorted, double share) {
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.max(1, rank) - 1] / NANOS_PER_MILLI;
    }
}
