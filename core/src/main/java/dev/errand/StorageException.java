package dev.errand;

/** The broker's storage refuses: it is full, read-only, damaged, or of a version that this release cannot read. What was acknowledged before is unharmed. */
public class StorageException extends ErrandException {
    private static final long serialVersionUID = 1L;

    /** With a message that names the thing and the remedy. */
    public StorageException(String message) {
        super(message);
    }

    /** With a message that names the thing and the remedy, and the cause. */
    public StorageException(String message, Throwable cause) {
        super(message, cause);
    }
}
