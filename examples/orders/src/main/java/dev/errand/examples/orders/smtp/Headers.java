package dev.errand.examples.orders.smtp;

/** Headers by which a mail can be told from another and counted. */
public final class Headers {
    /** The order that is confirmed. */
    public static final String ORDER = "X-Order-Id";
    /** Which attempt has sent it, from 1. */
    public static final String ATTEMPT = "X-Attempt";

    private Headers() {}
}
