package dev.errand.examples.orders.demo;

import dev.errand.Errand;
import dev.errand.ErrandException;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Capability;
import dev.errand.broker.Page;
import dev.errand.broker.TaskFilter;
import dev.errand.examples.orders.Mail;
import dev.errand.examples.orders.OrderId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the broker from outside, as an operator does: what is in the queue, and which orders are dead letters. */
final class BrokerWatch implements AutoCloseable {
    /**
     * The mail queue at one moment.
     *
     * @param counts tasks by state
     * @param all whether every state is counted; else only what is ready
     * @param oldest for how long the oldest ready task has been ready, zero: none is; empty: the broker does not know
     */
    record Queue(Map<TaskState, Long> counts, boolean all, Optional<Duration> oldest) {
        static final Queue UNKNOWN = new Queue(Map.of(), false, Optional.empty());

        long in(TaskState state) {
            return counts.getOrDefault(state, 0L);
        }

        /** What a view says of it. */
        List<String> words() {
            List<String> words = new ArrayList<>();
            words.add("ready " + in(TaskState.PENDING));
            if (all) {
                words.add("sending " + in(TaskState.ACTIVE));
                words.add("to be retried " + (in(TaskState.RETRY) + in(TaskState.SCHEDULED)));
            }
            oldest.ifPresent(
                    age -> words.add(String.format(Locale.ROOT, "oldest ready %.1f s", age.toMillis() / 1000.0)));
            return words;
        }

        /** Tasks that have not ended. */
        long open() {
            return counts.entrySet().stream()
                    .filter(e -> !e.getKey().ended())
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }
    }

    private static final Logger log = LoggerFactory.getLogger(BrokerWatch.class);
    private static final String QUEUE = Mail.CONFIRM.spec().queue();
    private static final String PREFIX = new OrderId("").confirmation().value();

    private final Errand errand;
    private final DemoOrders orders;

    BrokerWatch(String url, DemoOrders orders) {
        this.errand = Errand.connect(url, c -> c.require(Capability.SHARED));
        this.orders = orders;
    }

    String describe() {
        return errand.profile().name() + ", durability "
                + errand.profile().durability().name();
    }

    Queue queue() {
        try {
            Optional<Duration> oldest = can(Capability.OLDEST_AGE) ? Optional.of(oldest()) : Optional.empty();
            return can(Capability.COUNTS)
                    ? new Queue(errand.queues().counts(QUEUE), true, oldest)
                    : new Queue(Map.of(TaskState.PENDING, errand.queues().depth(QUEUE)), false, oldest);
        } catch (ErrandException e) {
            log.warn("The queue cannot be looked at now: {}", e.getMessage());
            return Queue.UNKNOWN;
        }
    }

    private boolean can(Capability capability) {
        return errand.profile().can(capability);
    }

    private Duration oldest() {
        return errand.queues()
                .oldestReady(QUEUE)
                .map(since -> Duration.between(since, Instant.now()))
                .orElse(Duration.ZERO);
    }

    /** The dead letters of this run, with the reason of each. */
    Map<String, String> deadLetters() {
        Map<String, String> found = new HashMap<>();
        TaskFilter filter = TaskFilter.ALL.inQueue(QUEUE).ofType(Mail.CONFIRM.name());
        Optional<String> cursor = Optional.empty();
        do {
            Page<TaskInfo> page = errand.deadLetters().list(filter, cursor, 1000);
            for (TaskInfo task : page.items()) {
                String order = orderOf(task.id());
                if (orders.isOurs(order)) {
                    found.put(order, why(task));
                }
            }
            cursor = page.next();
        } while (cursor.isPresent());
        return found;
    }

    private static String why(TaskInfo task) {
        String last = task.lastError().map(e -> e.message()).orElse("");
        return task.cause()
                + (last.isEmpty() ? "" : ": " + last.lines().findFirst().orElse(""));
    }

    private static String orderOf(TaskId id) {
        return id.value().startsWith(PREFIX) ? id.value().substring(PREFIX.length()) : "";
    }

    /** Those of the orders whose task is on the broker and has not ended; empty if the broker cannot find single tasks. */
    Optional<Set<String>> onTheirWay(Set<String> some) {
        if (!can(Capability.FIND)) {
            return Optional.empty();
        }
        Set<String> found = new HashSet<>();
        for (String order : some) {
            boolean open = errand.tasks()
                    .find(new OrderId(order).confirmation())
                    .map(task -> !task.state().ended())
                    .orElse(false);
            if (open) {
                found.add(order);
            }
        }
        return Optional.of(found);
    }

    @Override
    public void close() {
        errand.close();
    }
}
