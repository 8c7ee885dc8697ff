package dev.errand.examples.docs;

import dev.errand.Errand;
import dev.errand.EventType;
import dev.errand.Retry;
import dev.errand.TaskId;
import dev.errand.Worker;
import dev.errand.broker.EventPattern;
import java.time.Duration;
import java.util.Set;

/** The code of {@code docs/events.md}. */
final class EventGuide {
    record OrderPlaced(String orderId, String item, int quantity) {}

    interface Orders {
        EventType<OrderPlaced> PLACED = EventType.of("order.placed", OrderPlaced.class);
        EventType<OrderPlaced> ANY = EventType.pattern("order.*", OrderPlaced.class);
    }

    interface Stock {
        void reserve(String item, int quantity, String orderId);
    }

    private EventGuide() {}

    static void publish(Errand errand, OrderPlaced order) {
        errand.publish(Orders.PLACED, order, o -> o.id(TaskId.of("order.placed." + order.orderId())));
    }

    static Worker work(Errand errand, Stock stock, Set<String> audited) {
        return errand.worker()
                .subscribe(
                        Orders.PLACED.retry(Retry.fixed(Duration.ofSeconds(5)).maxAttempts(100)),
                        "stock",
                        (order, task) -> stock.reserve(order.item(), order.quantity(), order.orderId()),
                        s -> s.max(8).weight(3))
                .subscribe(Orders.ANY, "audit", (order, task) -> audited.add(task.type() + " " + order.orderId()))
                .start();
    }

    static void operate(Errand errand) {
        errand.events().subscribe("warehouse", Set.of(EventPattern.of("order.placed")));
        errand.events().receivers("order.placed").forEach(s -> System.out.println(s.name() + ": " + s.depth()));
        errand.queues().depth("sub:warehouse");
        errand.events().remove("warehouse");
    }
}
