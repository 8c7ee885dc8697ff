package dev.errand;

/** The set-up is wrong (an unknown URL scheme, a handler registered twice, a limit that makes no sense); nothing was started. Correct the configuration. */
public class ConfigurationException extends ErrandException {
    private static final long serialVersionUID = 1L;

    /** With a message that names the thing and the remedy. */
    public ConfigurationException(String message) {
        super(message);
    }

    /** With a message that names the thing and the remedy, and the cause. */
    public ConfigurationException(String message, Throwable cause) {
        super(message, cause);
    }
}
