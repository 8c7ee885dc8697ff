package dev.errand.redis;

import dev.errand.ErrandException;
import dev.errand.broker.WorkerSpec;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens twice a second as long as this process lives, in real time and without waiting for answers: its workers say
 * that they are alive, takes are made to look again, and what asynq's clients have scheduled is noticed. Every five seconds
 * asynq's records are written.
 */
final class Pulse implements AutoCloseable {
    /** A worker that has not been heard of for so long is dead; its server's clock decides. */
    static final Duration LIFE = Duration.ofMillis(3_500);

    private static final Logger log = LoggerFactory.getLogger(Pulse.class);
    private static final long PERIOD_MILLIS = 500;
    private static final int RECORDS_EVERY = 10;
    /** In case a wake-up was lost. */
    private static final int SAFETY_NET_EVERY = 10;

    private static final Duration RECORDS_KEPT = Duration.ofSeconds(10);
    /** Of what a worker runs, in asynq's record of it, which is written as a whole. */
    private static final int MOST_SHOWN = 1_000;

    private static final int SHOWN_PER_CALL = 100;

    private final RedisBroker broker;
    private final Map<String, Double> firstDue = new ConcurrentHashMap<>();
    private @Nullable ScheduledExecutorService timer;
    private long beats;

    Pulse(RedisBroker broker) {
        this.broker = broker;
    }

    /** Makes a worker known. */
    void join(RedisIntake intake) {
        beat(intake);
        writeRecords(intake, broker.link().connection().async(), "active");
        synchronized (this) {
            if (timer == null) {
                timer = Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("errand-redis-pulse").factory());
                Link.unawaited(
                        timer.scheduleAtFixedRate(this::tick, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS));
            }
        }
    }

    /** One worker's beat; waits until it is written. */
    void beat(RedisIntake intake) {
        StatefulRedisConnection<byte[], byte[]> connection = broker.link().connection();
        broker.link().await(connection, beat(intake, connection.async()));
    }

    private CompletableFuture<?> beat(RedisIntake intake, RedisAsyncCommands<byte[], byte[]> commands) {
        WorkerSpec spec = intake.spec();
        CompletableFuture<?> alive = commands.set(
                        Keys.alive(spec.id()), Keys.bytes("1"), SetArgs.Builder.px(LIFE.toMillis()))
                .toCompletableFuture();
        CompletableFuture<?> said = commands.hset(
                        Keys.WORKERS,
                        Keys.bytes(spec.id()),
                        Records.own(spec, broker.time().now(), intake.held().size()))
                .toCompletableFuture();
        return CompletableFuture.allOf(alive, said);
    }

    private void tick() {
        try {
            beats++;
            Link.unawaited(broker.notices().listen());
            for (RedisIntake intake : broker.intakes()) {
                if (intake.polls() || beats % SAFETY_NET_EVERY == 0) {
                    intake.lookAgain();
                }
            }
            StatefulRedisConnection<byte[], byte[]> connection = broker.link().connectionOrNull();
            if (connection == null) {
                return;
            }
            if (beats % 2 == 0) {
                lookForDue(connection.async());
            }
            for (RedisIntake intake : broker.intakes()) {
                Link.unawaited(beat(intake, connection.async()));
                if (beats % RECORDS_EVERY == 0) {
                    writeRecords(intake, connection.async(), intake.isStopped() ? "stopped" : "active");
                }
            }
        } catch (RuntimeException e) {
            log.debug("A beat failed; the next one comes", e);
        }
    }

    /** asynq's clients do not tell when something falls due earlier than before. */
    private void lookForDue(RedisAsyncCommands<byte[], byte[]> commands) {
        for (String queue : broker.queues().lastSeen()) {
            for (String container : List.of("scheduled", "retry")) {
                String key = Keys.prefix(queue) + container;
                Link.unawaited(commands.zrangeWithScores(Keys.bytes(key), 0, 0).thenAccept(first -> {
                    double score = first.isEmpty()
                            ? Double.MAX_VALUE
                            : first.getFirst().getScore();
                    Double before = firstDue.put(key, score);
                    if (score < (before == null ? Double.MAX_VALUE : before)) {
                        broker.intakes().forEach(intake -> intake.signals().dueChanged());
                    }
                }));
            }
        }
    }

    private void writeRecords(RedisIntake intake, RedisAsyncCommands<byte[], byte[]> commands, String status) {
        WorkerSpec spec = intake.spec();
        Instant now = broker.time().now();
        byte[] server = Keys.server(spec.host(), spec.pid(), spec.id());
        byte[] list = Keys.workerList(spec.host(), spec.pid(), spec.id());
        double until = now.plus(RECORDS_KEPT).getEpochSecond();
        List<Held.Run> shown = intake.held().oldest(MOST_SHOWN);
        Link.unawaited(commands.zadd(Keys.SERVERS, until, server));
        Link.unawaited(commands.zadd(Keys.WORKER_LISTS, until, list));
        byte[] record = Records.server(spec, status, intake.held().size());
        Link.unawaited(commands.set(server, record, SetArgs.Builder.ex(RECORDS_KEPT.toSeconds())));
        Link.unawaited(commands.del(new byte[][] {list}));
        for (int from = 0; from < shown.size(); from += SHOWN_PER_CALL) {
            IdentityHashMap<byte[], byte[]> some = new IdentityHashMap<>();
            for (Held.Run run : shown.subList(from, Math.min(shown.size(), from + SHOWN_PER_CALL))) {
                some.put(Keys.bytes(run.lease().task().value()), Records.worker(spec, run));
            }
            Link.unawaited(commands.hset(list, some));
        }
        if (!shown.isEmpty()) {
            Link.unawaited(commands.expire(list, RECORDS_KEPT.toSeconds()));
        }
    }

    /** Makes a worker forgotten. */
    void leave(RedisIntake intake) {
        WorkerSpec spec = intake.spec();
        byte[] server = Keys.server(spec.host(), spec.pid(), spec.id());
        byte[] list = Keys.workerList(spec.host(), spec.pid(), spec.id());
        try {
            broker.link().<Long>call(c -> {
                Link.unawaited(c.zrem(Keys.SERVERS, new byte[][] {server}));
                Link.unawaited(c.zrem(Keys.WORKER_LISTS, new byte[][] {list}));
                Link.unawaited(c.del(new byte[][] {server}));
                Link.unawaited(c.del(new byte[][] {list}));
                Link.unawaited(c.hdel(Keys.WORKERS, new byte[][] {Keys.bytes(spec.id())}));
                return c.del(new byte[][] {Keys.alive(spec.id())});
            });
        } catch (ErrandException e) {
            log.debug("Worker {} could not say that it leaves; it is forgotten in a few seconds", spec.id(), e);
        }
    }

    @Override
    public synchronized void close() {
        if (timer != null) {
            timer.shutdownNow();
        }
    }
}
