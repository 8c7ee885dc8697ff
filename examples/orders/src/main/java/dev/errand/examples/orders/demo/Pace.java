package dev.errand.examples.orders.demo;

/** Counts what happens in each second. Thread-safe. */
final class Pace {
    private static final int SECONDS = 64;
    private final long start = System.nanoTime();
    private final int[] counts = new int[SECONDS];
    private long newest;
    private long total;

    synchronized void count() {
        turn();
        counts[(int) (newest % SECONDS)]++;
        total++;
    }

    private void turn() {
        long now = (System.nanoTime() - start) / 1_000_000_000L;
        for (long second = Math.max(newest + 1, now - SECONDS + 1); second <= now; second++) {
            counts[(int) (second % SECONDS)] = 0;
        }
        newest = Math.max(newest, now);
    }

    synchronized long total() {
        return total;
    }

    /** Of each of the last full seconds, oldest first. */
    synchronized int[] last(int seconds) {
        turn();
        int[] all = new int[seconds];
        for (int i = 0; i < seconds; i++) {
            long second = newest - seconds + i;
            all[i] = second < 0 ? 0 : counts[(int) (second % SECONDS)];
        }
        return all;
    }

    /** Per second, over the last few full seconds. */
    double rate() {
        int[] last = last(4);
        int sum = 0;
        for (int count : last) {
            sum += count;
        }
        return sum / 4.0;
    }
}
