package dev.errand.local;

import dev.errand.ErrandException;

/** There was no room for the job; it was not taken. Try later, shed the load, or give more permits or a larger waiting room. */
public class RoomFullException extends ErrandException {
    private static final long serialVersionUID = 1L;

    /** With a message that names the thing and the remedy. */
    public RoomFullException(String message) {
        super(message);
    }
}
