package dev.errand.examples.orders;

import dev.errand.Duplicate;
import dev.errand.EnqueueResult;
import dev.errand.Errand;
import dev.errand.TaskInfo;
import java.util.Optional;

/**
 * Takes orders and tells how far they are. The order is kept where its task is: this service has no database of its own.
 * Thread-safe.
 */
final class OrderDesk {
    private final Errand errand;
    private final Terms terms;
    private final AuditLog audit;

    OrderDesk(Errand errand, AuditLog audit) {
        this.errand = errand;
        this.terms = Terms.on(errand.profile());
        this.audit = audit;
    }

    /** An order that was placed now, or by an earlier request like this one. */
    record Placed(OrderPlaced order, boolean repeated) {}

    /** An order and its mail. */
    record Shown(OrderPlaced order, TaskInfo task) {}

    /**
     * Places an order; once it returns, its mail is as good as sent, and everybody who subscribes to orders gets it. A request
     * that failed on the way is to be repeated; both have an id that is made from the order's, so that nothing happens twice.
     *
     * @throws Problem if another order has the same id, as far as the broker can look up
     */
    Placed place(OrderPlaced order) throws Problem {
        OrderId id = new OrderId(order.orderId());
        EnqueueResult result = errand.enqueue(terms.confirm(), order, o -> o.id(id.confirmation()));
        if (!(result instanceof Duplicate)) {
            errand.publish(terms.placed(), order, o -> o.id(id.event()));
            return placed(order, false);
        }
        Optional<Shown> earlier = terms.lookUp() ? find(id) : Optional.empty();
        if (earlier.isPresent() && !earlier.get().order().equals(order)) {
            throw Problem.of(
                    409,
                    "The order " + id.value() + " was placed before with other contents; choose another orderId"
                            + " or Idempotency-Key for another order");
        }
        errand.publish(terms.placed(), order, o -> o.id(id.event()));
        return placed(order, true);
    }

    private Placed placed(OrderPlaced order, boolean repeated) {
        audit.placed(order, repeated);
        return new Placed(order, repeated);
    }

    /**
     * An order by its id.
     *
     * @throws Problem if the broker cannot look up
     */
    Optional<Shown> find(OrderId id) throws Problem {
        if (!terms.lookUp()) {
            throw Problem.of(
                    501,
                    "The order is where its mail is, on the broker " + terms.broker()
                            + ", which cannot look up single tasks; it can on others, such as sqlite, redis");
        }
        return errand.tasks().find(id.confirmation()).map(task -> new Shown(order(task), task));
    }

    private OrderPlaced order(TaskInfo task) {
        return errand.tasks().payload(terms.confirm(), task);
    }

    /** How many mails are ready to be sent; throws if the broker is out of reach. */
    long ready() {
        return errand.queues().depth(terms.confirm().spec().queue());
    }

    /** The broker's name. */
    String broker() {
        return terms.broker();
    }
}
