package dev.errand.worker;

import dev.errand.CapabilityException;
import dev.errand.broker.Broker;
import dev.errand.broker.Subscriptions;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Makes a worker's subscriptions before it takes anything, and says about every hour that they are served, on a thread of its
 * own. What somebody removed meanwhile is made anew by that.
 */
final class SubscriptionKeeper {
    private static final Duration EVERY = Duration.ofHours(1);

    private final Subscriptions port;
    private final List<WorkerConfig.Wish> wishes;
    private final Loop loop;
    /** Whether the pause after {@link #of} is over. The loop's thread alone. */
    private boolean due;

    private SubscriptionKeeper(Subscriptions port, List<WorkerConfig.Wish> wishes, Time time, Outage outage) {
        this.port = port;
        this.wishes = wishes;
        this.loop = new Loop("subscriptions", time, outage, this::remind);
    }

    /** Subscribes; not started yet. Empty if there is nothing to subscribe to. */
    static Optional<SubscriptionKeeper> of(List<WorkerConfig.Wish> wishes, Broker broker, Time time, Outage outage) {
        if (wishes.isEmpty()) {
            return Optional.empty();
        }
        Subscriptions port = broker.extension(Subscriptions.class)
                .orElseThrow(() -> new CapabilityException("The subscription "
                        + wishes.getFirst().subscription() + " needs events, which the broker "
                        + broker.profile().name() + " does not have; use a broker that does"));
        SubscriptionKeeper keeper = new SubscriptionKeeper(port, wishes, time, outage);
        keeper.subscribe();
        return Optional.of(keeper);
    }

    void start() {
        loop.start();
    }

    void stop() {
        loop.stop();
        loop.join(Duration.ofSeconds(5));
    }

    private Duration remind() {
        if (due) {
            subscribe();
        }
        due = true;
        return EVERY;
    }

    private void subscribe() {
        wishes.forEach(wish -> port.subscribe(wish.subscription(), wish.patterns(), wish.start()));
    }
}
