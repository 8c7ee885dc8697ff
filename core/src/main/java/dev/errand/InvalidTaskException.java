package dev.errand;

/** The task, type, queue or option as given is not valid; nothing was stored. Correct the call. */
public class InvalidTaskException extends ErrandException {
    private static final long serialVersionUID = 1L;

    /** With a message that names the thing and the remedy. */
    public InvalidTaskException(String message) {
        super(message);
    }

    /** With a message that names the thing and the remedy, and the cause. */
    public InvalidTaskException(String message, Throwable cause) {
        super(message, cause);
    }
}
