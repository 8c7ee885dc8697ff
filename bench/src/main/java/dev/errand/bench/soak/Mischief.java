package dev.errand.bench.soak;

import dev.errand.bench.broker.Site;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Does something to one of the workers, or to the broker's own process where there is one, every few seconds. All choices
 * come from one random source, and each step draws as often as every other, so that a seed gives the same sequence again.
 */
final class Mischief {
    private static final double KILL = 0.4;
    private static final double SHORT_STOP = 0.6;
    private static final double LONG_STOP = 0.8;
    private static final double RESTART = 0.95;
    private static final double KILL_STOPPED = 0.3;
    private static final double SHORT_LEASES = 0.7;
    private static final long SHORTEST_MILLIS = 100;
    private static final long SHORT_MILLIS = 800;

    private final Crew crew;
    private final Optional<Site.Server> server;
    private final RandomGenerator random;
    private final Duration every;

    Mischief(Crew crew, Optional<Site.Server> server, RandomGenerator random, Duration every) {
        this.crew = crew;
        this.server = server;
        this.random = random;
        this.every = every;
    }

    /** The lease of the next worker: mostly one so short that a stop outlasts it. */
    Duration lease() {
        return random.nextDouble() < SHORT_LEASES ? SoakPlan.SHORT_LEASE : SoakPlan.LONG_LEASE;
    }

    /** Goes on until the load ends. */
    void run(Pause pause) throws IOException, InterruptedException {
        while (true) {
            double wait = 0.5 + random.nextDouble();
            int victim = random.nextInt(crew.size());
            double choice = random.nextDouble();
            double length = random.nextDouble();
            boolean killStopped = random.nextDouble() < KILL_STOPPED;
            Duration lease = lease();
            if (pause.await(Duration.ofMillis((long) (wait * every.toMillis())))) {
                return;
            }
            if (choice < KILL) {
                crew.kill(victim);
            } else if (choice < LONG_STOP) {
                Duration time = stop(choice < SHORT_STOP, crew.lease(victim), length);
                crew.stop(victim, pause, time, killStopped);
                if (!killStopped) {
                    continue;
                }
            } else if (choice < RESTART || server.isEmpty()) {
                crew.end(victim);
            } else {
                killBroker(server.get(), pause, length);
                continue;
            }
            crew.replace(victim, lease);
        }
    }

    /** Far shorter than any lease, or, if its lease is short, longer than that. */
    private static Duration stop(boolean brief, Duration lease, double length) {
        long millis = brief || lease.compareTo(SoakPlan.SHORT_LEASE) > 0
                ? SHORTEST_MILLIS + (long) (length * SHORT_MILLIS)
                : (long) (lease.toMillis() * (1.2 + length));
        return Duration.ofMillis(millis);
    }

    private void killBroker(Site.Server broker, Pause pause, double length) throws IOException, InterruptedException {
        long from = Line.now();
        broker.kill();
        try {
            pause.await(Duration.ofMillis((long) (length * SHORT_MILLIS)));
        } finally {
            broker.restart();
            crew.brokerKilled(from, Line.now());
        }
    }
}
