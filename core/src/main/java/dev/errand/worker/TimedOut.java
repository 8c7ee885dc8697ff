package dev.errand.worker;

import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** The error of an attempt that was interrupted because its time was up. */
final class TimedOut extends TimeoutException {
    private static final long serialVersionUID = 1L;

    TimedOut(Duration timeout, Throwable cause) {
        super("interrupted after the timeout of " + timeout);
        initCause(cause);
    }
}
