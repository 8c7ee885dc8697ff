package dev.errand.examples.orders;

import dev.errand.local.LocalTasks;
import dev.errand.local.WhenFull;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down who ordered what, off the critical path: an order does not wait for its line, nor fail by it. A line may be lost
 * with the process; the order itself is not. Thread-safe.
 */
final class AuditLog implements AutoCloseable {
    private static final Logger audit = LoggerFactory.getLogger("orders.audit");

    private final LocalTasks lines = LocalTasks.named("audit")
            .permits(1)
            .waitingRoom(10_000)
            .whenFull(WhenFull.dropOldest())
            .build();

    void placed(OrderPlaced order, boolean repeated) {
        lines.run(
                "order.placed",
                () -> audit.info(
                        "order {}: {} x {}{}",
                        order.orderId(),
                        order.quantity(),
                        order.item(),
                        repeated ? " (repeated)" : ""));
    }

    /** Writes what still waits. */
    @Override
    public void close() {
        lines.close();
    }
}
