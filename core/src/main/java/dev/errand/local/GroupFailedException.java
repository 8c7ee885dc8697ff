package dev.errand.local;

import dev.errand.ErrandException;

/**
 * A fork of a group failed, was dropped or was cancelled. The cause is the first failure; when all failures are collected, the
 * others are suppressed exceptions of this one.
 */
public class GroupFailedException extends ErrandException {
    private static final long serialVersionUID = 1L;

    /** With a message that names the fork, and its failure. */
    public GroupFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
