package dev.errand.bench.report;

import java.util.Locale;

/** Figures as people read them: three digits that mean something. */
public final class Numbers {
    private Numbers() {}

    /** {@code 41,200}; below ten with one decimal place. */
    public static String rate(double perSecond) {
        return perSecond < 10
                ? String.format(Locale.ROOT, "%.1f", perSecond)
                : String.format(Locale.ROOT, "%,d", rounded(perSecond));
    }

    /** {@code 0.213}, {@code 4.21}, {@code 118}. */
    public static String millis(double millis) {
        return String.format(Locale.ROOT, millis < 1 ? "%.3f" : millis < 100 ? "%.2f" : "%,.0f", millis);
    }

    /** {@code 0.84}; small ones with one digit more. */
    public static String ratio(double ratio) {
        return String.format(Locale.ROOT, ratio < 0.1 ? "%.3f" : "%.2f", ratio);
    }

    /** {@code 1,000,000}. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    private static long rounded(double value) {
        double step = Math.pow(10, Math.max(0, Math.floor(Math.log10(value)) - 2));
        return Math.round(Math.round(value / step) * step);
    }
}
