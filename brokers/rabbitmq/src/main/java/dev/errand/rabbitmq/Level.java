package dev.errand.rabbitmq;

import java.util.ArrayList;
import java.util.List;

/**
 * One digit of a delay. A message waits once for each digit that is not zero, in the queue of that digit's value. The delays
 * that are common, up to half a minute, have two digits of sixteen values, so that few waits make them up; for those beyond,
 * digits of two values keep the queues few.
 *
 * @param place the place of the digit, the lowest 0
 * @param shift the delay's ticks are shifted by so many bits to get it
 * @param values so many the digit has, zero included; a power of two
 */
record Level(int place, int shift, int values) {
    private static final int WIDE = 16;
    private static final int WIDE_LEVELS = 2;
    private static final int NARROW_LEVELS = 20;
    private static final int WIDE_BITS = 4;

    /** The lowest first. */
    static final List<Level> ALL = all();

    /** More ticks than this no way has. */
    static final long MOST_TICKS = (1L << (WIDE_LEVELS * WIDE_BITS + NARROW_LEVELS)) - 1;

    private static List<Level> all() {
        List<Level> all = new ArrayList<>();
        for (int i = 0; i < WIDE_LEVELS; i++) {
            all.add(new Level(i, i * WIDE_BITS, WIDE));
        }
        for (int i = 0; i < NARROW_LEVELS; i++) {
            all.add(new Level(WIDE_LEVELS + i, WIDE_LEVELS * WIDE_BITS + i, 2));
        }
        return List.copyOf(all);
    }

    /** The digit of a delay. */
    int digit(long ticks) {
        return (int) ((ticks >> shift) & (values - 1));
    }

    /** How long a message waits for a digit, in milliseconds. */
    long millis(int digit) {
        return (Delays.GRANULARITY.toMillis() << shift) * digit;
    }
}
