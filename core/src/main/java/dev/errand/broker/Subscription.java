package dev.errand.broker;

import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A durable wish for events. Every subscription has a queue of its own, in which each event that one of its patterns matches
 * is a task: of the event's name as type, with an id made from the event's id and the subscription's name, with retries and
 * dead letters of its own. So depth, pause, weight, listing and explaining are what they are for every queue.
 *
 * @param name as {@link EventPattern} says
 * @param patterns what it gets
 * @param created when it was made; null if the broker does not keep it
 * @param seen when it was last subscribed to, as workers do at their start and about every hour; null if the broker does not
 *     keep it
 */
public record Subscription(
        String name,
        Set<EventPattern> patterns,
        @Nullable Instant created,
        @Nullable Instant seen) {
    /** How the queues of subscriptions begin. Reserved: no other queue may. */
    public static final String QUEUE_PREFIX = "sub:";

    /** The header of each copy with the event's id, which is the same for all its copies. */
    public static final String EVENT_HEADER = "errand.event";

    /** The most characters of an event's id: with the longest subscription's name it still is a task's id. */
    public static final int MAX_EVENT_ID = 150;

    /** Checks the name and copies the patterns. */
    public Subscription {
        checkName(name);
        patterns = Set.copyOf(patterns);
    }

    /**
     * Checks a subscription's name and returns it.
     *
     * @throws InvalidTaskException if it is not one
     */
    public static String checkName(String name) {
        return EventPattern.check("subscription", name, false);
    }

    /** Whether it gets events of this name. */
    public boolean gets(String event) {
        return patterns.stream().anyMatch(pattern -> pattern.matches(event));
    }

    /** The queue in which its tasks wait. */
    public String queue() {
        return queueOf(name);
    }

    /** The queue of a subscription. */
    public static String queueOf(String name) {
        return QUEUE_PREFIX + name;
    }

    /** Whose queue this is; empty if it is not a subscription's. */
    public static Optional<String> nameOf(String queue) {
        return queue.startsWith(QUEUE_PREFIX) ? Optional.of(queue.substring(QUEUE_PREFIX.length())) : Optional.empty();
    }

    /** The id of an event's copy for a subscription. */
    public static TaskId copyId(TaskId event, String subscription) {
        return new TaskId(event.value() + '@' + subscription);
    }

    /**
     * An event's copy for a subscription, the same whoever makes it and however often: a task with an id, a queue and the
     * header {@link #EVENT_HEADER} of its own, else as the event.
     *
     * @throws InvalidTaskException if the event's id is too long
     */
    public static Envelope copy(Envelope event, String subscription) {
        if (event.id().value().length() > MAX_EVENT_ID) {
            throw new InvalidTaskException("The id of the event " + event.type() + " has "
                    + event.id().value().length() + " characters; at most " + MAX_EVENT_ID + " are allowed");
        }
        Map<String, String> headers = new HashMap<>(event.headers());
        headers.put(EVENT_HEADER, event.id().value());
        return event.withId(copyId(event.id(), subscription))
                .withQueue(queueOf(subscription))
                .withHeaders(headers);
    }

    /** The patterns' texts, sorted. */
    public Set<String> texts() {
        Set<String> texts = new TreeSet<>();
        patterns.forEach(pattern -> texts.add(pattern.text()));
        return texts;
    }
}
