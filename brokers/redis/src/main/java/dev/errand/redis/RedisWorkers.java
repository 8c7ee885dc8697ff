package dev.errand.redis;

import dev.errand.broker.WorkerRegistry;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workers that are alive: ours by their keys of a few seconds, asynq's by their records. */
final class RedisWorkers implements WorkerRegistry {
    private static final Logger log = LoggerFactory.getLogger(RedisWorkers.class);
    private static final long MOST_SERVERS = 10_000;
    private static final Duration RECORDS_KEPT = Duration.ofSeconds(10);

    private final RedisBroker broker;

    RedisWorkers(RedisBroker broker) {
        this.broker = broker;
    }

    @Override
    public List<Registered> workers() {
        Map<Registered, Boolean> own = own(broker);
        List<Registered> all = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        own.forEach((worker, alive) -> {
            ids.add(worker.spec().id());
            if (alive) {
                all.add(exact(worker));
            }
        });
        all.addAll(foreign(ids));
        return all;
    }

    /** How many tasks a worker of this process holds is known better than its last beat has it. */
    private Registered exact(Registered worker) {
        for (RedisIntake intake : broker.intakes()) {
            if (intake.spec().id().equals(worker.spec().id())) {
                return new Registered(
                        worker.spec(), worker.seen(), intake.held().size());
            }
        }
        return worker;
    }

    /** Every worker of ours that has not left, and whether it is alive. */
    static Map<Registered, Boolean> own(RedisBroker broker) {
        Link link = broker.link();
        StatefulRedisConnection<byte[], byte[]> connection = link.connection();
        Map<Registered, CompletableFuture<Long>> alive = new LinkedHashMap<>();
        link.await(connection, connection.async().hgetall(Keys.WORKERS).toCompletableFuture())
                .forEach((id, record) -> {
                    try {
                        Registered worker = Records.readOwn(record);
                        alive.put(
                                worker,
                                connection
                                        .async()
                                        .exists(new byte[][] {
                                            Keys.alive(worker.spec().id())
                                        })
                                        .toCompletableFuture());
                    } catch (ProtoReader.Broken | dev.errand.InvalidTaskException e) {
                        log.debug("A worker's record cannot be read", e);
                    }
                });
        Map<Registered, Boolean> all = new LinkedHashMap<>();
        alive.forEach((worker, answer) -> all.put(worker, link.await(connection, answer) > 0));
        return all;
    }

    private List<Registered> foreign(Set<String> own) {
        Link link = broker.link();
        Instant now = broker.time().now();
        List<ScoredValue<byte[]>> keys = link.call(c -> c.zrangebyscoreWithScores(
                Keys.SERVERS, Range.create(now.getEpochSecond(), Long.MAX_VALUE), Limit.create(0, MOST_SERVERS)));
        List<Registered> all = new ArrayList<>();
        for (ScoredValue<byte[]> key : keys) {
            byte[] record = link.call(c -> c.get(key.getValue()));
            if (record != null) {
                try {
                    Instant seen = Instant.ofEpochSecond((long) key.getScore()).minus(RECORDS_KEPT);
                    Registered worker = Records.readServer(record, seen);
                    if (!own.contains(worker.spec().id())) {
                        all.add(worker);
                    }
                } catch (ProtoReader.Broken | dev.errand.InvalidTaskException e) {
                    log.debug("A server's record cannot be read", e);
                }
            }
        }
        return all;
    }
}
