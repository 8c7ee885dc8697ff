package dev.errand.contract;

/**
 * What a fixture can do for the suite, or what holds of its broker beyond the capabilities. Tests that need one say so with
 * {@link Given}; where it is missing they are skipped, with the reason.
 */
public enum Facility {
    /** The broker takes all of its time from its context, so that a test can move it by hand. */
    VIRTUAL_TIME("the broker reads a clock of its own"),
    /** One queue hands its tasks out in the order in which they became ready. */
    ORDER("the broker promises no order within a queue"),
    /** A lease that is not renewed runs out by time, and the task is taken back. */
    TIMED_LEASE("a lease lasts as long as the worker's connection"),
    /** Of a lease that ran out it is known whose it was. */
    LAST_HOLDER("the broker does not know whose a lease was"),
    /** A take passes over the tasks of a type without room, however many there are. */
    TYPE_ROOM("the broker cannot pass over tasks of a type"),
    /** Where the port leaves a choice, the broker makes it as the model does, and so every answer can be foretold. */
    MODEL("where the port leaves a choice, the broker makes its own"),
    /** Other processes can connect to it by URL. */
    PROCESSES("the broker lives in one process"),
    /** Its server can be killed and started again. */
    RESTART("there is no server to kill"),
    /** The connections to its server can be cut and frozen. */
    CUT("there is no connection to cut");

    private final String missing;

    Facility(String missing) {
        this.missing = missing;
    }

    /** Why tests that need it are skipped where it is missing. */
    public String missing() {
        return missing;
    }
}
