package dev.errand;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * When a failed task is tried again: a back-off, a cap, jitter, a number of attempts, and exceptions with a rule of their
 * own. Immutable; every method answers a new value.
 *
 * <p>The delay after the n-th failure (n from 1), before cap and jitter, with base b:
 *
 * <ul>
 *   <li>fixed: b
 *   <li>linear: b · n
 *   <li>exponential: b · factor<sup>n−1</sup>, factor 2 unless set
 *   <li>Fibonacci: b · F(n), F = 1, 1, 2, 3, 5 …
 * </ul>
 *
 * Then the cap applies ({@link #maxDelay}), then jitter: a uniform choice from delay · [1 − j, 1 + j], again within the cap.
 * Exceptions are looked up in the order in which they were given, {@link #never} first, then {@link #on}; subclasses count.
 */
public final class Retry {
    private enum Curve {
        FIXED,
        LINEAR,
        EXPONENTIAL,
        FIBONACCI
    }

    private record Rule(Class<? extends Throwable> type, Retry policy) {}

    private final Curve curve;
    private final Duration base;
    private final double factor;
    private final Duration maxDelay;
    private final double jitter;
    private final int maxAttempts;
    private final Set<Class<? extends Throwable>> never;
    private final List<Rule> rules;

    private Retry(
            Curve curve,
            Duration base,
            double factor,
            Duration maxDelay,
            double jitter,
            int maxAttempts,
            Set<Class<? extends Throwable>> never,
            List<Rule> rules) {
        this.curve = curve;
        this.base = base;
        this.factor = factor;
        this.maxDelay = maxDelay;
        this.jitter = jitter;
        this.maxAttempts = maxAttempts;
        this.never = never;
        this.rules = rules;
    }

    private static Retry of(Curve curve, Duration base) {
        if (base.isNegative() || base.compareTo(Defaults.MAX_DELAY) > 0) {
            throw new ConfigurationException(
                    "The back-off " + base + " is out of range; give 0 to " + Defaults.MAX_DELAY);
        }
        Duration cap = base.compareTo(Defaults.MAX_BACKOFF) > 0 ? base : Defaults.MAX_BACKOFF;
        return new Retry(curve, base, 2.0, cap, Defaults.JITTER, Defaults.MAX_ATTEMPTS, Set.of(), List.of());
    }

    /** What a task type has that names no other: exponential from 2 s, at most 1 h, jitter 20 %, 25 attempts. */
    public static Retry standard() {
        return exponential(Defaults.BACKOFF);
    }

    /** Always the same delay. */
    public static Retry fixed(Duration delay) {
        return of(Curve.FIXED, delay);
    }

    /** Grows by {@code step} with every failure. */
    public static Retry linear(Duration step) {
        return of(Curve.LINEAR, step);
    }

    /** Doubles with every failure. */
    public static Retry exponential(Duration first) {
        return of(Curve.EXPONENTIAL, first);
    }

    /** Grows as the Fibonacci numbers do. */
    public static Retry fibonacci(Duration first) {
        return of(Curve.FIBONACCI, first);
    }

    /** One attempt only. */
    public static Retry none() {
        return fixed(Duration.ZERO).maxAttempts(1);
    }

    /** By how much an exponential back-off grows each time, 1 to 100. */
    public Retry factor(double times) {
        if (!(times >= 1 && times <= 100)) {
            throw new ConfigurationException("The factor " + times + " is out of range; give 1 to 100");
        }
        return new Retry(curve, base, times, maxDelay, jitter, maxAttempts, never, rules);
    }

    /** The longest delay, above zero, at most a year. */
    public Retry maxDelay(Duration cap) {
        if (!cap.isPositive() || cap.compareTo(Defaults.MAX_DELAY) > 0) {
            throw new ConfigurationException("The longest delay " + cap
                    + " is out of range; give more than 0 and at most " + Defaults.MAX_DELAY);
        }
        return new Retry(curve, base, factor, cap, jitter, maxAttempts, never, rules);
    }

    /** By how much the delay varies, as a fraction of itself, 0 to 1. */
    public Retry jitter(double fraction) {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new ConfigurationException("The jitter " + fraction + " is out of range; give 0 to 1");
        }
        return new Retry(curve, base, factor, maxDelay, fraction, maxAttempts, never, rules);
    }

    /** How many counted attempts there are, the first one included; at least 1. */
    public Retry maxAttempts(int attempts) {
        if (attempts < 1) {
            throw new ConfigurationException(
                    "The number of attempts " + attempts + " is too small; 1 means a single try without a retry");
        }
        return new Retry(curve, base, factor, maxDelay, jitter, attempts, never, rules);
    }

    /** Exceptions that make the task a dead letter at once. */
    @SafeVarargs
    public final Retry never(Class<? extends Throwable>... exceptions) {
        Set<Class<? extends Throwable>> all = new LinkedHashSet<>(never);
        for (Class<? extends Throwable> exception : exceptions) {
            all.add(exception);
        }
        return new Retry(curve, base, factor, maxDelay, jitter, maxAttempts, all, rules);
    }

    /**
     * Another policy for these exceptions: its delay and its number of attempts decide when the attempt failed with one of
     * them. All failures of the task count, whatever their exception.
     */
    public Retry on(Class<? extends Throwable> exception, Retry policy) {
        List<Rule> all = new ArrayList<>(rules);
        all.add(new Rule(exception, policy));
        return new Retry(curve, base, factor, maxDelay, jitter, maxAttempts, never, all);
    }

    /** How many counted attempts there are unless an exception has a rule of its own. */
    public int maxAttempts() {
        return maxAttempts;
    }

    /** Whether this failure must not be tried again. */
    public boolean refuses(Throwable failure) {
        return never.stream().anyMatch(type -> type.isInstance(failure));
    }

    /** The policy that decides about this failure: this one, or one given by {@link #on}. */
    public Retry forFailure(Throwable failure) {
        for (Rule rule : rules) {
            if (rule.type.isInstance(failure)) {
                return rule.policy;
            }
        }
        return this;
    }

    /**
     * How long to wait after a failure.
     *
     * @param failures how many counted attempts have failed, this one included; from 1
     * @param random for the jitter
     */
    public Duration delay(int failures, RandomGenerator random) {
        double nanos = base.toNanos() * multiple(Math.max(1, failures));
        double cap = maxDelay.toNanos();
        double capped = Math.min(nanos, cap);
        if (jitter > 0) {
            capped = Math.min(cap, capped * (1 - jitter + 2 * jitter * random.nextDouble()));
        }
        return Duration.ofNanos((long) capped);
    }

    private double multiple(int n) {
        return switch (curve) {
            case FIXED -> 1;
            case LINEAR -> n;
            case EXPONENTIAL -> Math.pow(factor, n - 1);
            case FIBONACCI -> fibonacciNumber(n);
        };
    }

    private static double fibonacciNumber(int n) {
        double previous = 0;
        double current = 1;
        for (int i = 1; i < n && current < 1e300; i++) {
            double next = previous + current;
            previous = current;
            current = next;
        }
        return current;
    }

    @Override
    public String toString() {
        return curve.name().toLowerCase(java.util.Locale.ROOT) + " from " + base + ", at most " + maxDelay + ", "
                + maxAttempts + " attempts";
    }
}
