package dev.errand.bench.soak;

import dev.errand.DeadLetter;
import dev.errand.Retry;
import dev.errand.TaskType;
import java.time.Duration;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * What a task does, and with it how it must end; its text form is the payload.
 *
 * @param amount milliseconds of work, or how many attempts fail
 * @param kept whether the task is kept when it is completed
 */
record Script(Deed deed, int amount, boolean kept) {
    static final String QUEUE = "soak";
    private static final int ATTEMPTS = 3;
    private static final String KEPT_MARK = " kept";
    private static final Retry RETRY =
            Retry.fixed(Duration.ofMillis(200)).jitter(0).maxAttempts(ATTEMPTS);

    /** Most tasks: nothing is kept of them when they are completed. */
    static final TaskType<String> TYPE =
            TaskType.of("soak", String.class).queue(QUEUE).retry(RETRY);

    /** Kept, so that their end can be read in the broker. */
    static final TaskType<String> KEPT =
            TaskType.of("soak.kept", String.class).queue(QUEUE).retry(RETRY).retention(Duration.ofDays(1));

    /** The kinds. */
    enum Deed {
        /** Works for some milliseconds. */
        WORK,
        /** Fails in its first attempts, then returns. */
        FAIL_FIRST,
        /** Fails in every attempt. */
        FAIL_ALWAYS,
        /** Refuses: a dead letter at once. */
        REFUSE
    }

    /** A failure that was asked for; without a stack, which nobody reads. */
    static final class Failure extends Exception {
        private static final long serialVersionUID = 1;

        Failure() {
            super("as its script says", null, false, false);
        }
    }

    static Script random(RandomGenerator random) {
        boolean kept = random.nextInt(10) == 0;
        int dice = random.nextInt(100);
        int amount = random.nextInt(1_000);
        if (dice < 75) {
            return new Script(Deed.WORK, amount % 20, kept);
        } else if (dice < 85) {
            return new Script(Deed.WORK, 200 + amount * 2, kept);
        } else if (dice < 95) {
            return new Script(Deed.FAIL_FIRST, 1 + amount % 2, kept);
        } else if (dice < 98) {
            return new Script(Deed.REFUSE, 0, kept);
        }
        return new Script(Deed.FAIL_ALWAYS, 0, kept);
    }

    static Script parse(String text) {
        boolean kept = text.endsWith(KEPT_MARK);
        String rest = kept ? text.substring(0, text.length() - KEPT_MARK.length()) : text;
        int blank = rest.indexOf(' ');
        return new Script(
                Deed.valueOf(rest.substring(0, blank).toUpperCase(Locale.ROOT)),
                Integer.parseInt(rest.substring(blank + 1)),
                kept);
    }

    /** Whether the task must be a dead letter in the end, by itself. */
    boolean mustDie() {
        return deed == Deed.FAIL_ALWAYS || deed == Deed.REFUSE;
    }

    /** Whether a failure is followed by another attempt, after so many that were. */
    boolean isRetried(int retries) {
        return (deed == Deed.FAIL_FIRST || deed == Deed.FAIL_ALWAYS) && retries < ATTEMPTS - 1;
    }

    TaskType<String> type() {
        return kept ? KEPT : TYPE;
    }

    void run(int attempt) throws Failure, InterruptedException {
        switch (deed) {
            case WORK -> Thread.sleep(amount);
            case FAIL_FIRST -> {
                if (attempt <= amount) {
                    throw new Failure();
                }
            }
            case FAIL_ALWAYS -> throw new Failure();
            case REFUSE -> throw new DeadLetter("as its script says");
        }
    }

    @Override
    public String toString() {
        return deed.name().toLowerCase(Locale.ROOT) + " " + amount + (kept ? KEPT_MARK : "");
    }
}
