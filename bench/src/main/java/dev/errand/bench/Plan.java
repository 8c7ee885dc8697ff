package dev.errand.bench;

/**
 * How long to measure.
 *
 * @param rounds measured rounds of each side; one more warms up
 * @param seconds of one round
 */
record Plan(int rounds, double seconds) {
    private static final Plan FULL = new Plan(5, 2);
    private static final Plan QUICK = new Plan(3, 0.5);
    private static final int LATENCY_ROUNDS = 8;
    private static final double QUICK_ROUND = 1;

    static Plan of(boolean quick) {
        return quick ? QUICK : FULL;
    }

    long roundNanos() {
        return (long) (seconds * 1e9);
    }

    /** For how long the steady load of a latency goes on. */
    double steadySeconds() {
        return seconds * LATENCY_ROUNDS;
    }

    /** How often something is done that takes seconds whatever the plan. */
    int fewRounds() {
        return seconds < QUICK_ROUND ? 1 : Math.min(rounds, 3);
    }
}
