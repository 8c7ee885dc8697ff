package dev.errand.examples.orders.demo;

import java.time.Duration;

/** Says when the mail process is to be killed: in the middle of its work, several times, spread over the run. */
final class Killer {
    private static final Duration PAUSE = Duration.ofSeconds(10);
    /** A process must have sent some mails before it is killed, so that the run gets on. */
    private static final int MAILS_BETWEEN = 10;

    private final Plan plan;
    private int kills;
    private int mailsAtLastKill;

    Killer(Plan plan) {
        this.plan = plan;
    }

    int kills() {
        return kills;
    }

    /**
     * Asked again and again while the mail process is ready.
     *
     * @param age of the mail process
     * @param mails that have arrived so far
     * @param running tasks that it runs now
     */
    boolean due(Duration age, int mails, long running) {
        if (!plan.kill() || running == 0 || mails < mailsAtLastKill + MAILS_BETWEEN) {
            return false;
        }
        boolean now = plan.orders().isPresent()
                ? kills < Plan.KILLS && mails >= plan.orders().getAsInt() * (kills + 1L) / (Plan.KILLS + 2L)
                : age.compareTo(PAUSE) >= 0;
        if (now) {
            kills++;
            mailsAtLastKill = mails;
        }
        return now;
    }
}
