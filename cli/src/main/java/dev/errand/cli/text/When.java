package dev.errand.cli.text;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;

/** A time as it was given: a point in time, or a span from now. */
public sealed interface When {
    /** A point in time. */
    record At(Instant time) implements When {}

    /** A span, ago or ahead. */
    record From(Duration span) implements When {}

    /** The time meant, where a span means so long ago. */
    default Instant past(Instant now) {
        return switch (this) {
            case At at -> at.time();
            case From from -> now.minus(from.span());
        };
    }

    /** The time meant, where a span means so far ahead. */
    default Instant ahead(Instant now) {
        return switch (this) {
            case At at -> at.time();
            case From from -> now.plus(from.span());
        };
    }

    /**
     * Reads {@code 2026-11-23T10:00:00Z}, {@code 2026-11-23T10:00} and {@code 2026-11-23} in the zone, or a span.
     *
     * @throws IllegalArgumentException if it is something else; the message says what to give
     */
    static When parse(String text, ZoneId zone) {
        String stripped = text.strip();
        if (!stripped.matches("\\d{4}-.*")) {
            try {
                return new From(Spans.parse(stripped));
            } catch (IllegalArgumentException e) {
                throw wrong(text, e);
            }
        }
        try {
            String iso = stripped.replace(' ', 'T');
            if (!iso.contains("T")) {
                return new At(LocalDate.parse(iso).atStartOfDay(zone).toInstant());
            }
            return iso.matches(".*(Z|z|[+-]\\d\\d:?\\d\\d)$")
                    ? new At(OffsetDateTime.parse(iso).toInstant())
                    : new At(LocalDateTime.parse(iso).atZone(zone).toInstant());
        } catch (DateTimeException e) {
            throw wrong(text, e);
        }
    }

    private static IllegalArgumentException wrong(String text, Throwable cause) {
        return new IllegalArgumentException(
                "'" + Safe.line(text)
                        + "' is not a time; give one such as 2026-11-23T10:00:00Z, 2026-11-23T10:00 (local), 2026-11-23, or a span from now such as 2h",
                cause);
    }
}
