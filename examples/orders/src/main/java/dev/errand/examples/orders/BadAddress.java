package dev.errand.examples.orders;

/** There is no such mailbox, and there will be none: trying again is of no use. */
public final class BadAddress extends Exception {
    private static final long serialVersionUID = 1L;

    /** With what the mail server, or the address's syntax, says. */
    public BadAddress(String message, Throwable cause) {
        super(message, cause);
    }
}
