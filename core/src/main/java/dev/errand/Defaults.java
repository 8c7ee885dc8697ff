package dev.errand;

import java.time.Duration;

/** Every default, once. The published figures were taken with these. */
public final class Defaults {
    /** The queue of a task type that names none. */
    public static final String QUEUE = "default";
    /** Counted attempts, the first one included. */
    public static final int MAX_ATTEMPTS = 25;
    /** The first back-off. */
    public static final Duration BACKOFF = Duration.ofSeconds(2);
    /** The longest back-off. */
    public static final Duration MAX_BACKOFF = Duration.ofHours(1);
    /** By how much a back-off varies, as a fraction of itself. */
    public static final double JITTER = 0.2;
    /** How long one attempt may run. */
    public static final Duration TIMEOUT = Duration.ofMinutes(30);
    /** How long an attempt owns its task without renewal; renewed every third of it. */
    public static final Duration LEASE = Duration.ofSeconds(30);
    /** Handlers at once in one worker. */
    public static final int CONCURRENCY = 64;
    /** How long a completed task is kept unless its type says otherwise: not at all. */
    public static final Duration RETENTION = Duration.ZERO;
    /** How long a result is kept unless its type says otherwise. */
    public static final Duration RESULT_RETENTION = Duration.ofHours(1);
    /** How long a cancelled task is kept at least. */
    public static final Duration CANCELLED_RETENTION = Duration.ofHours(24);
    /** How long dead letters are kept. */
    public static final Duration DEAD_LETTER_AGE = Duration.ofDays(90);
    /** How many dead letters a queue keeps. */
    public static final int DEAD_LETTERS_PER_QUEUE = 100_000;
    /** The largest payload, in bytes; from a quarter of it there is a warning. */
    public static final int MAX_PAYLOAD = 256 * 1024;
    /** The longest delay. */
    public static final Duration MAX_DELAY = Duration.ofDays(366);
    /** So many crashes make a task dead. */
    public static final int CRASH_LIMIT = 3;
    /** How long a stopping worker waits for its handlers. */
    public static final Duration DRAIN = Duration.ofSeconds(20);
    /** How long it then waits for those that it has interrupted. */
    public static final Duration INTERRUPT = Duration.ofSeconds(5);
    /** For how long a task of an unknown type is given back at first; doubles with every take, six times. */
    public static final Duration UNKNOWN_TYPE_DELAY = Duration.ofSeconds(1);

    private Defaults() {}
}
