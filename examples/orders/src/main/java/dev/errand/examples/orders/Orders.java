package dev.errand.examples.orders;

import dev.errand.EventType;
import java.time.Duration;

/**
 * What the order service tells to whom it may concern. Its mail is a task, since it must be sent, and by a service that is known;
 * an event is for whoever subscribes, now or later, and the order service need not know them.
 */
public interface Orders {
    /** An order was placed. Its id is made from the order's, so that it is told once. */
    EventType<OrderPlaced> PLACED =
            EventType.of("order.placed", OrderPlaced.class).timeout(Duration.ofSeconds(30));
}
