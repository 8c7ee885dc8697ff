package dev.errand.redis;

import dev.errand.TaskId;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the server publishes: cancels (asynq's channel), earlier due times, changed schedules, ends of awaited tasks, queues that go on. Notices
 * may be lost with the connection, so that everything they hasten is also looked after from time to time. {@link #listen} is
 * called again and again; it connects in the background. Thread-safe.
 */
final class Notices extends RedisPubSubAdapter<byte[], byte[]> implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Notices.class);

    private final RedisClient client;
    private final RedisURI uri;
    private final Set<RedisIntake> intakes;
    private final Map<String, Set<Runnable>> awaiting = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable CompletableFuture<?>> subscribing = new AtomicReference<>();
    private volatile @Nullable StatefulRedisPubSubConnection<byte[], byte[]> connection;
    private volatile boolean closed;

    Notices(RedisClient client, RedisURI uri, Set<RedisIntake> intakes) {
        this.client = client;
        this.uri = uri;
        this.intakes = intakes;
    }

    /** Sees to it that somebody listens; returns at once. The answer is complete when somebody does, or cannot now. */
    CompletableFuture<?> listen() {
        StatefulRedisPubSubConnection<byte[], byte[]> open = connection;
        if (closed || (open != null && open.isOpen())) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<?> other = subscribing.compareAndExchange(null, mine);
        if (other != null) {
            return other;
        }
        Link.unawaited(client.connectPubSubAsync(ByteArrayCodec.INSTANCE, uri)
                .toCompletableFuture()
                .thenCompose(this::subscribe)
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        log.debug("Cannot subscribe to notices; trying again", failure);
                    }
                    subscribing.set(null);
                    mine.complete(null);
                    // What was published while nobody listened.
                    intakes.forEach(RedisIntake::lookAgain);
                    intakes.forEach(intake -> {
                        intake.signals().dueChanged();
                        intake.signals().schedulesChanged();
                    });
                }));
        return mine;
    }

    private CompletableFuture<Void> subscribe(StatefulRedisPubSubConnection<byte[], byte[]> made) {
        made.addListener(this);
        return made.async()
                .subscribe(
                        Keys.CANCEL_CHANNEL,
                        Keys.DUE_CHANNEL,
                        Keys.ENDED_CHANNEL,
                        Keys.RESUMED_CHANNEL,
                        Keys.SCHEDULES_CHANNEL)
                .toCompletableFuture()
                .whenComplete((done, failure) -> {
                    connection = made;
                    if (closed || failure != null) {
                        Link.close(made);
                    }
                });
    }

    @Override
    public void message(byte[] channel, byte[] message) {
        if (Arrays.equals(channel, Keys.CANCEL_CHANNEL)) {
            cancel(Keys.text(message));
        } else if (Arrays.equals(channel, Keys.DUE_CHANNEL)) {
            intakes.forEach(intake -> intake.signals().dueChanged());
        } else if (Arrays.equals(channel, Keys.SCHEDULES_CHANNEL)) {
            intakes.forEach(intake -> intake.signals().schedulesChanged());
        } else if (Arrays.equals(channel, Keys.ENDED_CHANNEL)) {
            awaiting.getOrDefault(Keys.text(message), Set.of()).forEach(Runnable::run);
        } else {
            intakes.forEach(RedisIntake::ring);
        }
    }

    private void cancel(String id) {
        for (RedisIntake intake : intakes) {
            if (intake.holds(id)) {
                intake.signals().cancel(TaskId.of(id));
            }
        }
    }

    /** Runs {@code wake} when the task may have ended, until {@link #leave}. */
    void await(TaskId task, Runnable wake) {
        awaiting.compute(task.value(), (id, wakes) -> {
            Set<Runnable> all = wakes == null ? ConcurrentHashMap.newKeySet() : wakes;
            all.add(wake);
            return all;
        });
        Link.unawaited(listen());
    }

    void leave(TaskId task, Runnable wake) {
        awaiting.computeIfPresent(task.value(), (id, wakes) -> {
            wakes.remove(wake);
            return wakes.isEmpty() ? null : wakes;
        });
    }

    /** Makes no connection any more; the client closes the one that is there. */
    @Override
    public void close() {
        closed = true;
    }
}
