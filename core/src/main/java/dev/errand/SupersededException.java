package dev.errand;

/**
 * This attempt is not its task's newest any more, because its lease was lost: nothing that it says counts. Let it through, and
 * clean up nothing that the newer attempt may be using.
 */
public final class SupersededException extends ErrandException {
    private static final long serialVersionUID = 1L;

    /** With a message that names the task. */
    public SupersededException(String message) {
        super(message);
    }
}
