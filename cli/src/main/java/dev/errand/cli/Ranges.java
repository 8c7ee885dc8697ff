package dev.errand.cli;

import dev.errand.Defaults;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The ranges of spans and times that tasks can have. */
final class Ranges {
    private Ranges() {}

    static void check(String option, @Nullable Duration span, boolean zero) {
        if (span == null) {
            return;
        }
        boolean low = zero ? span.isNegative() : !span.isPositive();
        if (low || span.compareTo(Defaults.MAX_DELAY) > 0) {
            throw Refusal.usage(option + " " + span + " is out of range; give " + (zero ? "0" : "more than 0") + " to "
                    + Defaults.MAX_DELAY.toDays() + "d");
        }
    }

    /** A start that is too far ahead, a deadline that is past or before the start. */
    static void checkTimes(Instant now, @Nullable Instant start, @Nullable Instant deadline) {
        if (start != null && Duration.between(now, start).compareTo(Defaults.MAX_DELAY) > 0) {
            throw Refusal.usage("the time " + start + " is more than " + Defaults.MAX_DELAY.toDays()
                    + " days ahead; enqueue it later, or use a schedule");
        }
        if (deadline != null && !deadline.isAfter(now)) {
            throw Refusal.usage(
                    "the deadline " + deadline + " has passed already (it is " + now + "); give a time ahead");
        }
        if (deadline != null && start != null && !deadline.isAfter(start)) {
            throw Refusal.usage("the deadline " + deadline + " is not after the start at " + start
                    + ", so the task could never run; move one of them");
        }
    }
}
