package dev.errand.schedule;

import dev.errand.ConfigurationException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Due at {@code anchor} and at every multiple of {@code interval} before and after it, by real time: no zone and no change of
 * clocks moves it.
 *
 * @param interval one second to 366 days, in whole milliseconds
 * @param anchor one of the due times, within a thousand years of 1970, in whole milliseconds
 */
public record Every(Duration interval, Instant anchor) implements Rule {
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final Duration FAR = Duration.ofDays(366_000);

    /** Checks the ranges; throws {@link ConfigurationException}. */
    public Every {
        if (interval.compareTo(Duration.ofSeconds(1)) < 0
                || interval.compareTo(LONGEST) > 0
                || !interval.truncatedTo(ChronoUnit.MILLIS).equals(interval)) {
            throw new ConfigurationException(
                    "The interval " + interval + " is out of range; give PT1S to 366 days, in whole milliseconds");
        }
        if (isFar(anchor) || !anchor.truncatedTo(ChronoUnit.MILLIS).equals(anchor)) {
            throw new ConfigurationException("The anchor " + anchor
                    + " of an interval is out of range; give a time within 1,000 years of 1970, in whole milliseconds");
        }
    }

    /** Anchored at 1970-01-01T00:00:00Z: every quarter of an hour is at the quarters of the clock. */
    public static Every of(Duration interval) {
        return new Every(interval, Instant.EPOCH);
    }

    @Override
    public Optional<Instant> next(Instant after) {
        if (isFar(after)) {
            return Optional.empty();
        }
        long step = interval.toMillis();
        long passed = Math.floorDiv(after.toEpochMilli() - anchor.toEpochMilli(), step);
        return Optional.of(Instant.ofEpochMilli(anchor.toEpochMilli() + (passed + 1) * step));
    }

    private static boolean isFar(Instant at) {
        return Duration.between(Instant.EPOCH, at).abs().compareTo(FAR) > 0;
    }

    @Override
    public String describe() {
        return "every " + interval + (anchor.equals(Instant.EPOCH) ? "" : " from " + anchor);
    }
}
