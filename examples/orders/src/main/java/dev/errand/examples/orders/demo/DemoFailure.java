package dev.errand.examples.orders.demo;

import org.jspecify.annotations.Nullable;

/** The demonstration cannot go on; the message says why, for people. */
final class DemoFailure extends Exception {
    private static final long serialVersionUID = 1L;

    DemoFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
