package dev.errand;

/** The task that was awaited ended without a result: it is dead or cancelled. */
public class TaskFailedException extends ErrandException {
    private static final long serialVersionUID = 1L;

    /** With a message that names the thing and the remedy. */
    public TaskFailedException(String message) {
        super(message);
    }

    /** With a message that names the thing and the remedy, and the cause. */
    public TaskFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
