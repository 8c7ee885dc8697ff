package dev.errand;

/** The broker cannot do what was asked, or the task type does not declare it. Declare it, choose another broker, or do without. */
public class CapabilityException extends ErrandException {
    private static final long serialVersionUID = 1L;

    /** With a message that names the thing and the remedy. */
    public CapabilityException(String message) {
        super(message);
    }

    /** With a message that names the thing and the remedy, and the cause. */
    public CapabilityException(String message, Throwable cause) {
        super(message, cause);
    }
}
