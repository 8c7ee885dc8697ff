package dev.errand;

/** Why a task is a dead letter. */
public enum DeadCause {
    /** Every attempt that its policy allows has failed. */
    EXHAUSTED,
    /** The handler refused it: it threw {@link DeadLetter} or an exception that the policy never retries. */
    REFUSED,
    /** Its payload, or the message that carried it, could not be read. */
    UNDECODABLE,
    /** It took its worker down, or stalled it past the lease, too often. */
    CRASHED,
    /** Its deadline passed before it succeeded. */
    EXPIRED
}
