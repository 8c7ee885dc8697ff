package dev.errand.schedule;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says when a schedule is due. Immutable, and a function of its values alone: it reads no clock. */
public sealed interface Rule permits Cron, Every, At {
    /** The first due time later than {@code after}; empty: there is none. */
    Optional<Instant> next(Instant after);

    /** The first {@code count} due times later than {@code after}; fewer if there are no more. */
    default List<Instant> next(Instant after, int count) {
        List<Instant> times = new ArrayList<>();
        Optional<Instant> next = count > 0 ? next(after) : Optional.empty();
        while (next.isPresent()) {
            times.add(next.get());
            next = times.size() < count ? next(next.get()) : Optional.empty();
        }
        return times;
    }

    /** The rule as people read it: {@code 0 3 * * * (Europe/Berlin)}, {@code every PT15M}, {@code at 3 times}. */
    String describe();
}
