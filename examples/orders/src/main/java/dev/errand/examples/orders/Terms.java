package dev.errand.examples.orders;

import dev.errand.EventType;
import dev.errand.TaskType;
import dev.errand.broker.Capability;
import dev.errand.broker.Profile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the services agree on, on the broker that they are given: the one place where its capabilities count. {@link Mail} and
 * {@link Orders} need no more than every broker has; what this one can do beyond that is used. A service that cannot do
 * without a capability would ask for it by {@code require} instead, and not start on a broker that lacks it.
 *
 * @param broker its name
 * @param confirm the confirmation's task type
 * @param placed the event's type
 * @param lookUp whether an order can be shown after it was placed
 * @param missing what is not to be had on this broker, in words
 */
record Terms(
        String broker,
        TaskType<OrderPlaced> confirm,
        EventType<OrderPlaced> placed,
        boolean lookUp,
        List<String> missing) {
    private static final Duration KEPT = Duration.ofHours(24);

    static Terms on(Profile broker) {
        TaskType<OrderPlaced> confirm = Mail.CONFIRM;
        EventType<OrderPlaced> placed = Orders.PLACED;
        List<String> missing = new ArrayList<>();
        if (broker.can(Capability.UNIQUE)) {
            confirm = confirm.uniqueBy(OrderPlaced::orderId, Duration.ofHours(1));
        } else {
            missing.add("an order that is placed twice may be confirmed twice");
        }
        if (broker.can(Capability.RETENTION)) {
            confirm = confirm.retention(KEPT);
            placed = placed.retention(KEPT);
        } else {
            missing.add("mails that were sent are not kept");
        }
        boolean lookUp = broker.can(Capability.FIND);
        if (!lookUp) {
            missing.add("orders cannot be looked up");
        }
        return new Terms(broker.name(), confirm, placed, lookUp, List.copyOf(missing));
    }

    /** What somebody who starts a service should know; empty if nothing is missing. */
    Optional<String> note() {
        return missing.isEmpty() ? Optional.empty() : Optional.of("On " + broker + " " + String.join("; ", missing));
    }
}
