package dev.errand;

/** Thrown by a handler: the task is no longer wanted; end it as cancelled, with the reason, neither success nor failure. */
public final class Discard extends TaskSignal {
    private static final long serialVersionUID = 1L;

    /** Discards the task for {@code reason}, of which 1,000 characters are kept. */
    public Discard(String reason) {
        super(reason, null);
    }

    /** Why. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
