package dev.errand.redis;

import io.lettuce.core.LMoveArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Waits for one queue to have something, on a connection of its own, by moving the list's last element to where it is: that
 * blocks while there is none and changes nothing, whoever pushes. {@link #arm} returns at once; when there is something, or
 * nothing can be said any more, {@code ring} is run. Thread-safe.
 */
final class Waker implements AutoCloseable {
    /** How long one command waits at the server. */
    private static final double BLOCK_SECONDS = 5;
    /** After so long without an answer the connection is dead. */
    private static final long DEAD_SECONDS = 9;

    /** After a failure; the take that is rung then tells whether the server is there. */
    private static final long RETRY_SECONDS = 1;

    private static final int IDLE = 0;
    private static final int ARMED = 1;
    private static final int CLOSED = 2;

    private final RedisClient client;
    private final RedisURI uri;
    private final byte[] list;
    private final Runnable ring;
    private final AtomicInteger state = new AtomicInteger(IDLE);
    private volatile @Nullable StatefulRedisConnection<byte[], byte[]> connection;

    Waker(RedisClient client, RedisURI uri, String queue, Runnable ring) {
        this.client = client;
        this.uri = uri;
        this.list = Keys.pending(queue);
        this.ring = ring;
    }

    /** Whether it waits: then the queue has been empty until now. */
    boolean isArmed() {
        return state.get() == ARMED;
    }

    void arm() {
        if (!state.compareAndSet(IDLE, ARMED)) {
            return;
        }
        Link.unawaited(connected()
                .thenCompose(open -> open.async()
                        .blmove(list, list, LMoveArgs.Builder.rightRight(), BLOCK_SECONDS)
                        .toCompletableFuture())
                .orTimeout(DEAD_SECONDS, TimeUnit.SECONDS)
                .whenComplete((element, failure) -> {
                    if (failure != null) {
                        disconnect();
                    }
                    if (!state.compareAndSet(ARMED, IDLE)) {
                        return;
                    }
                    if (failure == null) {
                        ring.run();
                    } else {
                        CompletableFuture.delayedExecutor(RETRY_SECONDS, TimeUnit.SECONDS)
                                .execute(ring);
                    }
                }));
    }

    private CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connected() {
        StatefulRedisConnection<byte[], byte[]> open = connection;
        if (open != null && open.isOpen()) {
            return CompletableFuture.completedFuture(open);
        }
        return client.connectAsync(ByteArrayCodec.INSTANCE, uri)
                .toCompletableFuture()
                .whenComplete((fresh, failure) -> {
                    if (fresh != null) {
                        connection = fresh;
                        if (state.get() == CLOSED) {
                            Link.close(fresh);
                        }
                    }
                });
    }

    private void disconnect() {
        StatefulRedisConnection<byte[], byte[]> open = connection;
        connection = null;
        if (open != null) {
            Link.close(open);
        }
    }

    @Override
    public void close() {
        state.set(CLOSED);
        StatefulRedisConnection<byte[], byte[]> open = connection;
        connection = null;
        if (open != null && open.isOpen()) {
            open.close();
        }
    }
}
