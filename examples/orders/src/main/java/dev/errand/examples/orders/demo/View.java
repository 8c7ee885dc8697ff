package dev.errand.examples.orders.demo;

/** Shows a run while it goes on. For one thread. */
interface View extends AutoCloseable {
    /** Shows this moment. */
    void show(Picture picture);

    /** Leaves the terminal as it was. Idempotent. */
    @Override
    void close();
}
