package dev.errand.examples.orders.demo;

import dev.errand.examples.orders.OrderPlaced;
import java.util.List;

/** The orders that are placed: most are plain; of some the mailbox is busy at first, of some there is none. */
final class DemoOrders {
    static final String BUSY = "busy-";
    static final String UNKNOWN = "unknown-";
    private static final List<String> ITEMS =
            List.of("tea, green", "coffee, ground", "honey", "olive oil", "rye bread", "salt", "pepper, black");

    private final String run;

    /**
     * Orders of one run.
     *
     * @param run sets them apart from other runs on the same broker
     */
    DemoOrders(String run) {
        this.run = run;
    }

    /** The n-th order, from 1. */
    OrderPlaced get(int n) {
        return new OrderPlaced(id(n), address(n), ITEMS.get(n % ITEMS.size()), 1 + n % 5);
    }

    private String id(int n) {
        return run + "-" + n;
    }

    /** Whether an order is of this run. */
    boolean isOurs(String orderId) {
        return orderId.startsWith(run + "-");
    }

    private static String address(int n) {
        if (n % 40 == 7) {
            return UNKNOWN + n + "@example.org";
        }
        if (n % 100 == 33) {
            // Passes the order form, and is no address all the same.
            return "customer-" + n + "@example..org";
        }
        return (n % 20 == 4 ? BUSY : "customer-") + n + "@example.org";
    }
}
