package dev.errand.cli.text;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as people write and read them: {@code 90s}, {@code 1h30m}, {@code 2d}. */
public final class Spans {
    private static final Pattern PART = Pattern.compile("(\\d{1,9})(ms|s|m|h|d|w)");

    private Spans() {}

    /**
     * Reads a span: numbers with ms, s, m, h, d or w, one after the other, or ISO 8601 ({@code PT90S}).
     *
     * @throws IllegalArgumentException if it is something else; the message says what to give
     */
    public static Duration parse(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        try {
            return lower.startsWith("p") ? Duration.parse(lower.toUpperCase(Locale.ROOT)) : parts(lower);
        } catch (DateTimeParseException | ArithmeticException e) {
            throw wrong(text, e);
        }
    }

    private static Duration parts(String text) {
        Matcher part = PART.matcher(text);
        Duration sum = Duration.ZERO;
        int at = 0;
        while (at < text.length()) {
            if (!part.region(at, text.length()).lookingAt()) {
                throw wrong(text, null);
            }
            long amount = Long.parseLong(part.group(1));
            sum = sum.plus(
                    switch (part.group(2)) {
                        case "ms" -> Duration.ofMillis(amount);
                        case "s" -> Duration.ofSeconds(amount);
                        case "m" -> Duration.ofMinutes(amount);
                        case "h" -> Duration.ofHours(amount);
                        case "d" -> Duration.ofDays(amount);
                        default -> Duration.ofDays(7 * amount);
                    });
            at = part.end();
        }
        if (at == 0) {
            throw wrong(text, null);
        }
        return sum;
    }

    private static IllegalArgumentException wrong(String text, @org.jspecify.annotations.Nullable Throwable cause) {
        return new IllegalArgumentException(
                "'" + Safe.line(text) + "' is not a span of time; give one such as 500ms, 90s, 5m, 1h30m or 2d", cause);
    }

    /** A span in at most two parts: {@code 850ms}, {@code 12s}, {@code 3m4s}, {@code 5h10m}, {@code 2d3h}. */
    public static String show(Duration span) {
        Duration size = span.abs();
        String sign = span.isNegative() ? "-" : "";
        if (size.toMillis() < 1000) {
            return sign + size.toMillis() + "ms";
        }
        if (size.toSeconds() < 60) {
            return sign + size.toSeconds() + "s";
        }
        if (size.toMinutes() < 60) {
            return sign + two(size.toMinutes(), "m", size.toSecondsPart(), "s");
        }
        return size.toHours() < 24
                ? sign + two(size.toHours(), "h", size.toMinutesPart(), "m")
                : sign + two(size.toDays(), "d", size.toHoursPart(), "h");
    }

    private static String two(long first, String unit, long second, String part) {
        return first + unit + (second == 0 ? "" : second + part);
    }
}
