package dev.errand;

import dev.errand.broker.Names;
import dev.errand.broker.Subscription;
import java.time.Duration;

/** The ranges that more than one option shares. */
final class Limits {
    private Limits() {}

    /** The name of a queue that is not a subscription's. */
    static String queue(String name) {
        if (name.startsWith(Subscription.QUEUE_PREFIX)) {
            throw new InvalidTaskException("The queue " + name + " begins with " + Subscription.QUEUE_PREFIX
                    + ", which is kept for subscriptions: give it another name, or subscribe to events with"
                    + " subscribe(…), whose options are those of the queue");
        }
        return Names.check("queue", name);
    }

    static Duration positive(String what, Duration value) {
        if (!value.isPositive() || value.compareTo(Defaults.MAX_DELAY) > 0) {
            throw new InvalidTaskException("The " + what + " " + value
                    + " is out of range; give more than 0 and at most "
                    + Defaults.MAX_DELAY.toDays() + " days");
        }
        return value;
    }

    /** So many times as long, but not longer than the longest delay. */
    static Duration timesUpToMax(Duration value, int times) {
        Duration most = Defaults.MAX_DELAY.dividedBy(times);
        return value.compareTo(most) > 0 ? Defaults.MAX_DELAY : value.multipliedBy(times);
    }

    static Duration notNegative(String what, Duration value) {
        if (value.isNegative() || value.compareTo(Defaults.MAX_DELAY) > 0) {
            throw new InvalidTaskException("The " + what + " " + value + " is out of range; give 0 to "
                    + Defaults.MAX_DELAY.toDays() + " days");
        }
        return value;
    }
}
