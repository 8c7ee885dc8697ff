package dev.errand.upkeep;

import dev.errand.schedule.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The latest due times of a rule within a span, without looking at all of them: there may be millions. */
final class Latest {
    private Latest() {}

    /** The latest {@code count} due times that are later than {@code after} and not later than {@code until}; in order. */
    static List<Instant> of(Rule rule, Instant after, Instant until, int count) {
        if (count < 1 || !after.isBefore(until)) {
            return List.of();
        }
        // The number of due times in (from, until] falls as from grows: find a from with enough of them and few more.
        long longest = Duration.between(after, until).toMillis();
        long enough = longest;
        long tooFew = 0;
        while (enough - tooFew > 1 && counted(rule, until.minusMillis(enough), until, 4 * count) > 2 * count) {
            long middle = tooFew + (enough - tooFew) / 2;
            if (counted(rule, until.minusMillis(middle), until, count) < count) {
                tooFew = middle;
            } else {
                enough = middle;
            }
        }
        Instant from = enough == longest ? after : until.minusMillis(enough);
        List<Instant> times = within(rule, from, until, Integer.MAX_VALUE);
        return times.subList(Math.max(0, times.size() - count), times.size());
    }

    private static int counted(Rule rule, Instant from, Instant until, int most) {
        return within(rule, from, until, most).size();
    }

    /** Those later than {@code from} and not later than {@code until}, at most {@code most}; in order. */
    static List<Instant> within(Rule rule, Instant from, Instant until, int most) {
        List<Instant> times = new ArrayList<>();
        Optional<Instant> next = rule.next(from);
        while (times.size() < most && next.isPresent() && !next.get().isAfter(until)) {
            times.add(next.get());
            next = rule.next(next.get());
        }
        return times;
    }
}
