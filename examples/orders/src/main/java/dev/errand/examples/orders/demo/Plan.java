package dev.errand.examples.orders.demo;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a run of the demonstration does.
 *
 * @param broker its URL; empty: an embedded one in the run's folder
 * @param orders how many are placed; empty: without end
 * @param once whether the run ends when every order has its end
 * @param rate orders a second
 * @param kill whether the mail process is killed on the way
 * @param keep whether the folder with broker, mails and logs is kept
 */
record Plan(Optional<String> broker, OptionalInt orders, boolean once, double rate, boolean kill, boolean keep) {
    /** How often the mail process is killed in a run with a known number of orders. */
    static final int KILLS = 3;

    /** A run that is not over by then never will be. */
    Duration limit() {
        double placing = orders.orElse(0) / rate;
        return Duration.ofSeconds(60 + (long) (3 * placing) + orders.orElse(0) / 50);
    }
}
