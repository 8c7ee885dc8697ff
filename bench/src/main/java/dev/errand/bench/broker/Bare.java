package dev.errand.bench.broker;

import java.util.List;

/**
 * The raw client of a broker, doing the same messages with the same durability and nothing else: no engine, no handlers, no
 * retries. What ours is measured against. For one thread at a time.
 */
public interface Bare extends AutoCloseable {
    /** Stores these payloads as tasks; when it returns they are as safe as the broker's durability says. */
    void enqueue(List<byte[]> payloads) throws Exception;

    /** Takes at most {@code max} of the stored and then completes them, each as safely; answers how many. */
    int takeAndComplete(int max) throws Exception;

    @Override
    void close() throws Exception;
}
