package dev.errand.bench.soak;

/**
 * Something that was done to a process.
 *
 * @param process whose; for {@link What#BROKER_KILLED} the broker's
 * @param from just before, in microseconds since 1970
 * @param to just after: dead, going on again, ended, or up again
 */
record Incident(What what, String process, long from, long to) {
    /** What was done. */
    enum What {
        /** SIGKILL. */
        KILLED,
        /** SIGSTOP, and SIGCONT or SIGKILL at its end. */
        STOPPED,
        /** SIGTERM: it was asked to end and did. */
        RESTARTED,
        /** The broker's own process was killed and started again. */
        BROKER_KILLED
    }
}
