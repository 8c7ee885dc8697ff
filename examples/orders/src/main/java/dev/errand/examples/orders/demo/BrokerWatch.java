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
import java.util.HashMap;
import java.util.HashSet;
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
     * @param oldest for how long the oldest ready task has been ready; zero: none is
     */
    record Queue(Map<TaskState, Long> counts, Duration oldest) {
        static final Queue UNKNOWN = new Queue(Map.of(), Duration.ZERO);

        long in(TaskState state) {
            return counts.getOrDefault(state, 0L);
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
        this.errand = Errand.connect(
                url, c -> c.require(Capability.SHARED, Capability.FIND, Capability.COUNTS, Capability.OLDEST_AGE));
        this.orders = orders;
    }

    String describe() {
        return errand.profile().name() + ", durability "
                + errand.profile().durability().name();
    }

    Queue queue() {
        try {
            Duration oldest = errand.queues()
                    .oldestReady(QUEUE)
                    .map(since -> Duration.between(since, Instant.now()))
                    .orElse(Duration.ZERO);
            return new Queue(errand.queues().counts(QUEUE), oldest);
        } catch (ErrandException e) {
            log.warn("The queue cannot be looked at now: {}", e.getMessage());
            return Queue.UNKNOWN;
        }
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

    /** Those of the orders whose task is on the broker and has not ended. */
    Set<String> onTheirWay(Set<String> some) {
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
        return found;
    }

    @Override
    public void close() {
        errand.close();
    }
}
