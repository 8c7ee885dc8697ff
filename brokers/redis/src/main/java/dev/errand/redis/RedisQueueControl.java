package dev.errand.redis;

import dev.errand.broker.Names;
import dev.errand.broker.QueueControl;
import dev.errand.time.Time;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Pauses queues by asynq's own key, so that Go workers and tools heed it, and the other way round. */
final class RedisQueueControl implements QueueControl {
    private final Link link;
    private final Time time;
    private final KnownQueues queues;

    RedisQueueControl(Link link, Time time, KnownQueues queues) {
        this.link = link;
        this.time = time;
        this.queues = queues;
    }

    @Override
    public boolean pause(String queue) {
        Names.check("queue", queue);
        queues.register(List.of(queue));
        byte[] now = Keys.bytes(Long.toString(time.now().getEpochSecond()));
        return "OK".equals(link.<String>call(c -> c.set(Keys.paused(queue), now, SetArgs.Builder.nx())));
    }

    @Override
    public boolean resume(String queue) {
        Names.check("queue", queue);
        boolean was = link.call(c -> c.del(new byte[][] {Keys.paused(queue)})) > 0;
        link.call(c -> c.publish(Keys.RESUMED_CHANNEL, Keys.bytes(queue)));
        return was;
    }

    @Override
    public Map<String, Instant> paused() {
        StatefulRedisConnection<byte[], byte[]> connection = link.connection();
        Map<String, CompletableFuture<byte[]>> answers = new LinkedHashMap<>();
        for (String queue : queues.now()) {
            answers.put(queue, connection.async().get(Keys.paused(queue)).toCompletableFuture());
        }
        Map<String, Instant> paused = new TreeMap<>();
        answers.forEach((queue, answer) -> {
            byte[] since = link.await(connection, answer);
            if (since != null) {
                paused.put(queue, seconds(Keys.text(since)));
            }
        });
        return paused;
    }

    private static Instant seconds(String text) {
        try {
            return Instant.ofEpochSecond(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return Instant.EPOCH;
        }
    }
}
