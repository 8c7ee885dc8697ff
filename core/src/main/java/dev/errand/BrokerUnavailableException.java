package dev.errand;

/** The broker cannot be reached or did not answer in time; whether the call took effect is unknown. It may be repeated with the same task ids. */
public class BrokerUnavailableException extends ErrandException {
    private static final long serialVersionUID = 1L;

    /** With a message that names the thing and the remedy. */
    public BrokerUnavailableException(String message) {
        super(message);
    }

    /** With a message that names the thing and the remedy, and the cause. */
    public BrokerUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
