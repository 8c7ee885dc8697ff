package dev.errand.sql;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Times and spans as the database keeps them: whole milliseconds. What is too far away to be counted is cut, never an error. */
final class Millis {
    /** Far enough, and safe to add a span to. */
    private static final long FAR = Long.MAX_VALUE / 4;

    private Millis() {}

    static long of(Instant at) {
        long seconds = at.getEpochSecond();
        return seconds > FAR / 1000 ? FAR : seconds < -FAR / 1000 ? -FAR : at.toEpochMilli();
    }

    static @Nullable Long ofNullable(@Nullable Instant at) {
        return at == null ? null : of(at);
    }

    /** Rounded up, so that nothing comes early. */
    static long of(Duration span) {
        long seconds = span.getSeconds();
        if (seconds > FAR / 1000) {
            return FAR;
        }
        if (seconds < -FAR / 1000) {
            return -FAR;
        }
        return seconds * 1000 + (span.getNano() + 999_999) / 1_000_000;
    }

    static @Nullable Instant instant(@Nullable Long millis) {
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }
}
