package dev.errand.schedule;

import dev.errand.ConfigurationException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Due at fixed times.
 *
 * @param times 1 to {@value #MAX}; kept sorted, without repetition, rounded up to milliseconds
 */
public record At(List<Instant> times) implements Rule {
    /** How many times there may be. */
    public static final int MAX = 1_000;

    /** Sorts; throws {@link ConfigurationException} if there is none or too many. */
    public At {
        times = times.stream().map(At::ceil).distinct().sorted().toList();
        if (times.isEmpty() || times.size() > MAX) {
            throw new ConfigurationException(
                    "A schedule cannot have " + times.size() + " fixed times; give 1 to " + MAX);
        }
    }

    /** The same. */
    public static At of(Instant... times) {
        return new At(List.of(times));
    }

    private static Instant ceil(Instant at) {
        Instant floor = at.truncatedTo(ChronoUnit.MILLIS);
        return floor.equals(at) ? at : floor.plusMillis(1);
    }

    @Override
    public Optional<Instant> next(Instant after) {
        return times.stream().filter(time -> time.isAfter(after)).findFirst();
    }

    @Override
    public String describe() {
        return times.size() == 1 ? "at " + times.getFirst() : "at " + times.size() + " times from " + times.getFirst();
    }
}
