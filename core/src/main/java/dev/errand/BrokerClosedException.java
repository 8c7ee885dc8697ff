package dev.errand;

/** The client, worker or broker was closed; nothing was stored by this call. */
public class BrokerClosedException extends ErrandException {
    private static final long serialVersionUID = 1L;

    /** With a message that names the thing and the remedy. */
    public BrokerClosedException(String message) {
        super(message);
    }

    /** With a message that names the thing and the remedy, and the cause. */
    public BrokerClosedException(String message, Throwable cause) {
        super(message, cause);
    }
}
