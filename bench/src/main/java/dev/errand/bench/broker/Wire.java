package dev.errand.bench.broker;

/**
 * Numbers from this process to another one by the bare client, which waits for them at the broker: what of a start latency is
 * the broker's and the machine's. For several threads.
 */
public interface Wire extends AutoCloseable {
    /**
     * The program that listens. Arguments: the broker's URL, a file to make once it listens, a file into which it writes, when its
     * standard input ends, one line for each number: the number and the microseconds since 1970 at which it came.
     */
    Class<?> listener();

    /** Sends a number; returns when the broker has it. */
    void send(int number);

    @Override
    void close();
}
