package dev.errand.local;

import dev.errand.ErrandException;

/** The {@link LocalTasks} or the group takes no more jobs because it is closed; the job was not taken. */
public class LocalClosedException extends ErrandException {
    private static final long serialVersionUID = 1L;

    /** With a message that names the thing and the remedy. */
    public LocalClosedException(String message) {
        super(message);
    }
}
