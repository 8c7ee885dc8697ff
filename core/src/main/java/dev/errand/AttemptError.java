package dev.errand;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One failed attempt, as it is kept with the task.
 *
 * @param at when it failed, to the millisecond
 * @param attempt the attempt's number, from 1
 * @param error the exception's class name, or a word of ours such as {@code crash}
 * @param message at most {@value #MAX_MESSAGE} characters; empty if there was none
 * @param stack at most {@value #MAX_STACK} characters; empty if there was none
 * @param worker the id of the worker that ran it
 */
public record AttemptError(Instant at, int attempt, String error, String message, String stack, String worker) {
    /** The most characters of a message that are kept. */
    public static final int MAX_MESSAGE = 1_000;
    /** The most characters of a stack trace that are kept. */
    public static final int MAX_STACK = 4_000;

    /** Cuts what is too long and truncates the time to milliseconds. */
    public AttemptError {
        at = at.truncatedTo(ChronoUnit.MILLIS);
        message = cut(message, MAX_MESSAGE);
        stack = cut(stack, MAX_STACK);
    }

    /** The record of a handler's failure. Never throws, even if the exception's own methods do. */
    public static AttemptError of(Throwable failure, Instant at, int attempt, String worker) {
        return new AttemptError(
                at, attempt, failure.getClass().getName(), messageOf(failure), stackOf(failure), worker);
    }

    /** The record of a run that ended with its worker, or with its lease. */
    public static AttemptError crash(String worker, String how, Instant at, int attempt) {
        return new AttemptError(at, attempt, "crash", how, "", worker);
    }

    private static String messageOf(Throwable failure) {
        try {
            String message = failure.getMessage();
            return message == null ? "" : message;
        } catch (RuntimeException | StackOverflowError e) {
            return "(the exception's getMessage failed with " + e.getClass().getName() + ")";
        }
    }

    private static String stackOf(Throwable failure) {
        try {
            StringWriter text = new StringWriter();
            failure.printStackTrace(new PrintWriter(text));
            return text.toString();
        } catch (RuntimeException | StackOverflowError e) {
            return "";
        }
    }

    private static String cut(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
        return text.substring(0, end);
    }
}
