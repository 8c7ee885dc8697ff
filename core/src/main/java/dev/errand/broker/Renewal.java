package dev.errand.broker;

/** The broker's answer to the renewal of one lease. */
public enum Renewal {
    /** Renewed for another lease time. */
    KEPT,
    /** The task is not this attempt's any more. */
    LOST,
    /** Renewed, and somebody asks for the task to be cancelled. */
    CANCEL_REQUESTED
}
