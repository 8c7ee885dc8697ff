package dev.errand.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.BrokerUnavailableException;
import dev.errand.Errand;
import dev.errand.TaskType;
import dev.errand.contract.Await;
import dev.errand.contract.server.RedisProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** A master, its replica, and three sentinels, all of them processes of the test. */
@EnabledIf(value = "dev.errand.contract.server.RedisProcess#isPresent", disabledReason = RedisProcess.MISSING)
class RedisSentinelIT {
    private static final TaskType<String> TYPE = TaskType.of("text", String.class);
    private static final String MASTER = "tasks";
    private static final Duration FAILOVER = Duration.ofSeconds(90);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private <T extends AutoCloseable> T closing(T resource) {
        opened.push(resource);
        return resource;
    }

    @AfterEach
    void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    @Test
    void clientsAndWorkersFollowAFailover() {
        RedisProcess master = closing(RedisProcess.server("--repl-diskless-sync-delay", "0"));
        RedisProcess replica = closing(RedisProcess.server(
                "--replicaof", "127.0.0.1", Integer.toString(master.port()), "--repl-diskless-sync-delay", "0"));
        List<RedisProcess> sentinels = IntStream.range(0, 3)
                .mapToObj(i -> closing(RedisProcess.sentinel(MASTER, master.port(), 2)))
                .toList();
        sentinels.forEach(this::awaitThatItKnowsAll);

        String hosts = sentinels.stream().map(s -> "127.0.0.1:" + s.port()).collect(Collectors.joining(","));
        Errand errand = closing(Errand.connect("redis-sentinel://" + hosts + "/0?master=" + MASTER + "&timeout=2s"));
        List<String> ran = new CopyOnWriteArrayList<>();
        closing(errand.worker()
                .stopAfter(Duration.ofSeconds(2), Duration.ofSeconds(1))
                .handle(TYPE, (payload, task) -> ran.add(payload))
                .start());
        errand.enqueue(TYPE, "before");
        Await.until("it runs", () -> ran.contains("before"));

        List<String> waiting = IntStream.range(0, 20).mapToObj(i -> "waits" + i).toList();
        errand.enqueueAll(TYPE, waiting, o -> o.delay(Duration.ofSeconds(4)));
        RedisCommands<String, String> onMaster = commands(master);
        onMaster.set("asynq:test:mark", "x");
        assertThat(onMaster.waitForReplication(1, 30_000))
                .as("replicas that have it")
                .isEqualTo(1);

        master.kill();
        List<String> stored = new ArrayList<>();
        Await.until("a task is stored again", FAILOVER, () -> {
            try {
                errand.enqueue(TYPE, "after" + stored.size());
                stored.add("after" + stored.size());
                return stored.size() == 5;
            } catch (BrokerUnavailableException e) {
                return false;
            }
        });
        assertThat(commands(replica).info("replication")).contains("role:master");
        Await.until("all run", FAILOVER, () -> ran.containsAll(stored) && ran.containsAll(waiting));

        // The old master comes back as a replica, and nobody turns to it.
        master.start();
        RedisCommands<String, String> onOldMaster = commands(master);
        Await.until("it is a replica", FAILOVER, () -> isReplica(onOldMaster));
        errand.enqueue(TYPE, "at last");
        Await.until("it runs", () -> ran.contains("at last"));
    }

    /** The sentinels cut its connections when they make it one. */
    private static boolean isReplica(RedisCommands<String, String> server) {
        try {
            return server.info("replication").contains("role:slave");
        } catch (RedisException e) {
            return false;
        }
    }

    private RedisCommands<String, String> commands(RedisProcess server) {
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + server.port());
        closing(client::shutdown);
        return client.connect().sync();
    }

    private void awaitThatItKnowsAll(RedisProcess sentinel) {
        RedisClient client = RedisClient.create();
        closing(client::shutdown);
        var commands = client.connectSentinel(RedisURI.Builder.sentinel("127.0.0.1", sentinel.port(), MASTER)
                        .build())
                .sync();
        Await.until("the sentinel knows the others and the replica", Duration.ofSeconds(60), () -> {
            Map<String, String> master = commands.master(MASTER);
            return "2".equals(master.get("num-other-sentinels")) && "1".equals(master.get("num-slaves"));
        });
    }
}
