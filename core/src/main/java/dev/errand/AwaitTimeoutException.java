package dev.errand;

/** The task that was awaited has not ended in the time given; it goes on unharmed. */
public class AwaitTimeoutException extends ErrandException {
    private static final long serialVersionUID = 1L;

    /** With a message that names the thing and the remedy. */
    public AwaitTimeoutException(String message) {
        super(message);
    }

    /** With a message that names the thing and the remedy, and the cause. */
    public AwaitTimeoutException(String message, Throwable cause) {
        super(message, cause);
    }
}
