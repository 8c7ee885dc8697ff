package dev.errand;

import java.time.Duration;

/** The ranges that more than one option shares. */
final class Limits {
    private Limits() {}

    static Duration positive(String what, Duration value) {
        if (!value.isPositive() || value.compareTo(Defaults.MAX_DELAY) > 0) {
            throw new InvalidTaskException("The " + what + " " + value
                    + " is out of range; give more than 0 and at most "
                    + Defaults.MAX_DELAY.toDays() + " days");
        }
        return value;
    }

    static Duration notNegative(String what, Duration value) {
        if (value.isNegative() || value.compareTo(Defaults.MAX_DELAY) > 0) {
            throw new InvalidTaskException("The " + what + " " + value + " is out of range; give 0 to "
                    + Defaults.MAX_DELAY.toDays() + " days");
        }
        return value;
    }
}
