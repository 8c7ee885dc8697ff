package dev.errand.explain;

import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.Durability;
import dev.errand.broker.Profile;
import dev.errand.broker.QueueStats;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.Subscription;
import dev.errand.broker.Subscriptions;
import dev.errand.broker.TaskStore;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks at a broker and all that is on it for what somebody should know: queues that nobody serves, types that nobody handles,
 * workers that are silent, subscriptions that were forgotten, dead letters, schedules that do not fire. Bounded: of long lists it looks at the newest 1,000 tasks.
 * Thread-safe.
 */
public final class Doctor {
    private static final Duration SLOW = Duration.ofSeconds(1);

    private final Broker broker;
    private final Time time;

    /** For one broker. */
    public Doctor(Broker broker, Time time) {
        this.broker = broker;
        this.time = time;
    }

    /**
     * Looks at everything once.
     *
     * @throws dev.errand.BrokerUnavailableException if the broker cannot be reached
     */
    public Checkup examine() {
        Instant now = time.now();
        List<Finding> findings = new ArrayList<>();
        findings.add(reachable());
        findings.add(durability());
        Sight sight = Sight.of(broker, now);
        findings.addAll(new WorkerCheck(sight).findings());
        List<Subscription> subscriptions =
                broker.extension(Subscriptions.class).map(Subscriptions::list).orElse(List.of());
        findings.addAll(new QueueCheck(broker, sight, queues(subscriptions)).findings());
        findings.addAll(new SubscriptionCheck(broker, subscriptions, sight).findings());
        if (broker.profile().can(Capability.LIST)) {
            broker.extension(TaskStore.class)
                    .ifPresent(store -> findings.addAll(new TaskCheck(store, sight).findings()));
        }
        findings.addAll(new DeadLetterCheck(broker, now).findings());
        if (broker.profile().can(Capability.SCHEDULES)) {
            broker.extension(ScheduleStore.class)
                    .ifPresent(schedules -> findings.addAll(new ScheduleCheck(schedules, sight).findings()));
        }
        return new Checkup(now, findings);
    }

    private static Set<String> queues(List<Subscription> subscriptions) {
        return subscriptions.stream().map(Subscription::queue).collect(Collectors.toSet());
    }

    private Finding reachable() {
        long start = time.nanoTime();
        int queues = broker.extension(QueueStats.class).orElseThrow().queues().size();
        Duration took = Duration.ofNanos(time.nanoTime() - start);
        String what = "The broker " + broker.profile().name() + " answers within " + Math.max(1, took.toMillis())
                + " ms and knows " + Span.count(queues, "queue") + ".";
        return took.compareTo(SLOW) < 0
                ? Finding.ok("reachable", what)
                : Finding.warn("broker-slow", what, "See what else uses its disk, its processor, or the network to it");
    }

    private Finding durability() {
        Profile profile = broker.profile();
        String what = "An acknowledged task survives: " + profile.durability() + ".";
        return profile.durability() == Durability.NONE
                ? Finding.warn("durability", what, "Use a durable broker for what must not be lost")
                : Finding.ok("durability", what);
    }
}
