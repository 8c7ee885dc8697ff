package dev.errand.local;

/** Work without a result. Interrupted on timeout, cancellation and close. */
@FunctionalInterface
public interface LocalAction {
    /** Does the work; whatever it throws is contained, counted, logged and handed to the observer. */
    void run() throws Exception;
}
