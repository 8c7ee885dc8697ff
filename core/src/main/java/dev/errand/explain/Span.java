package dev.errand.explain;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Spans of time and numbers in words, for sentences: {@code 1.5 s}, {@code 4 min}, {@code 3 h}, {@code 12 days}. */
final class Span {
    private Span() {}

    static String between(Instant from, Instant to) {
        return of(Duration.between(from, to));
    }

    static String of(Duration span) {
        Duration size = span.abs();
        if (size.toSeconds() < 10) {
            return String.format(Locale.ROOT, "%.1f s", size.toMillis() / 1000.0);
        }
        if (size.toSeconds() < 120) {
            return size.toSeconds() + " s";
        }
        if (size.toMinutes() < 120) {
            return size.toMinutes() + " min";
        }
        return size.toHours() < 48 ? size.toHours() + " h" : size.toDays() + " days";
    }

    /** A number with its noun: {@code 1 task}, {@code 2 tasks}. */
    static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
