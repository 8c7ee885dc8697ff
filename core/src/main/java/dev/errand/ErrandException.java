package dev.errand;

/**
 * The root of what Errand throws: unchecked, one subclass for each thing that a caller can do about it. Each message names
 * the task type, id or queue concerned and the remedy; none contains a payload or a secret.
 */
public abstract class ErrandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a message that names the thing and the remedy. */
    protected ErrandException(String message) {
        super(message);
    }

    /** With a message that names the thing and the remedy, and the cause. */
    protected ErrandException(String message, Throwable cause) {
        super(message, cause);
    }
}
