package dev.errand;

/** A payload or result cannot be encoded or decoded. */
public class CodecException extends ErrandException {
    private static final long serialVersionUID = 1L;

    /** With a message that names the thing and the remedy. */
    public CodecException(String message) {
        super(message);
    }

    /** With a message that names the thing and the remedy, and the cause. */
    public CodecException(String message, Throwable cause) {
        super(message, cause);
    }
}
