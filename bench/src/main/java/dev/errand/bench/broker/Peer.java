package dev.errand.bench.broker;

import dev.errand.ConfigurationException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Another system on the same broker, as a program of its own that does what its users would do, with its own defaults. What
 * ours is compared with. For one thread.
 */
public interface Peer {
    /** For the field {@code system} of the figures. */
    String name();

    /** Has callers store tasks of 100 bytes, one after the other each, for so long. */
    Measured enqueue(Site site, int callers, double seconds) throws Exception;

    /** Has tasks stored, and then run by a worker with so many slots: from its start until all is written down. */
    Measured drain(Site site, int tasks, int concurrency) throws Exception;

    /**
     * The one of this name, for a kind of broker; what it needs is put into {@code folder}.
     *
     * @throws ConfigurationException if there is none, or it cannot be had here
     */
    static Peer of(String name, BrokerKind kind, Path folder) throws IOException, InterruptedException {
        if (name.equals(AsynqPeer.NAME) && kind instanceof RedisKind) {
            return AsynqPeer.build(folder);
        }
        throw new ConfigurationException("There is no peer '" + name + "' to be measured beside " + kind.scheme()
                + "; beside redis there is " + AsynqPeer.NAME);
    }

    /** What was done in which time. */
    record Measured(long tasks, double seconds) {}
}
