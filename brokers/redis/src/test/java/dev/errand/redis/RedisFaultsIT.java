package dev.errand.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.BrokerUnavailableException;
import dev.errand.ConfigurationException;
import dev.errand.DeadCause;
import dev.errand.Errand;
import dev.errand.Health;
import dev.errand.StorageException;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.broker.Durability;
import dev.errand.broker.TaskFilter;
import dev.errand.contract.Await;
import dev.errand.contract.server.RedisProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What is particular to Redis and can go wrong there; each test has a server of its own. */
@EnabledIf(value = "dev.errand.contract.server.RedisProcess#isPresent", disabledReason = RedisProcess.MISSING)
class RedisFaultsIT {
    private static final TaskType<String> TYPE = TaskType.of("text", String.class);
    private static final String P = "asynq:{default}:";

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

    private RedisProcess server(String... settings) {
        return closing(RedisProcess.server(settings));
    }

    private static String url(RedisProcess server) {
        return "redis://127.0.0.1:" + server.port();
    }

    private Errand connect(RedisProcess server) {
        return closing(Errand.connect(url(server)));
    }

    private RedisCommands<byte[], byte[]> commands(RedisProcess server) {
        RedisClient client = RedisClient.create(url(server));
        closing(client::shutdown);
        StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
        return connection.sync();
    }

    private Worker worker(Errand errand, List<String> ran) {
        return closing(errand.worker()
                .stopAfter(Duration.ofSeconds(2), Duration.ofSeconds(1))
                .handle(TYPE, (payload, task) -> ran.add(payload))
                .start());
    }

    // ---- settings

    @Test
    void aServerThatThrowsKeysAwayIsRefused() {
        RedisProcess server = server("--maxmemory-policy", "allkeys-lru");
        assertThatThrownBy(() -> Errand.connect(url(server)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("allkeys-lru")
                .hasMessageContaining("noeviction");
    }

    @Test
    void theDurabilityIsWhatTheServerIsSetTo() {
        assertThat(connect(server()).profile().durability()).isEqualTo(Durability.OS_CRASH);
        assertThat(connect(server("--appendfsync", "everysec")).profile().durability())
                .isEqualTo(Durability.PROCESS_CRASH);
        RedisProcess volatileOne = server("--appendonly", "no");
        assertThat(connect(volatileOne).profile().durability()).isEqualTo(Durability.NONE);
        assertThatThrownBy(() -> Errand.connect(url(volatileOne), c -> c.require(Durability.PROCESS_CRASH)))
                .isInstanceOf(RuntimeException.class)
                .hasMessageContaining("NONE");
    }

    @Test
    void nobodyThereIsSaidAtOnce() {
        int port = RedisProcess.freePort();
        assertThatThrownBy(() -> Errand.connect("redis://127.0.0.1:" + port))
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageContaining(Integer.toString(port));
    }

    @Test
    void aUserOfTheAccessListIsEnoughAndAWrongOneIsSaid() {
        RedisProcess server = server();
        commands(server)
                .dispatch(
                        io.lettuce.core.protocol.CommandType.ACL,
                        new io.lettuce.core.output.StatusOutput<>(ByteArrayCodec.INSTANCE),
                        new io.lettuce.core.protocol.CommandArgs<>(ByteArrayCodec.INSTANCE)
                                .add("SETUSER")
                                .add("errand")
                                .add("on")
                                .add(">se/cr@t")
                                .add("~asynq:*")
                                .add("&asynq:*")
                                .add("+@all")
                                .add("-@admin")
                                .add("-@dangerous")
                                .add("+info"));
        String host = "127.0.0.1:" + server.port();
        List<String> ran = new CopyOnWriteArrayList<>();
        Errand errand = closing(Errand.connect("redis://errand:se%2Fcr%40t@" + host));
        worker(errand, ran);
        errand.enqueue(TYPE, "x");
        Await.until("it runs", () -> ran.size() == 1);
        assertThatThrownBy(() -> Errand.connect("redis://errand:hunter2@" + host))
                .isInstanceOf(RuntimeException.class)
                .hasMessageNotContaining("hunter2");
    }

    // ---- answers

    @Test
    void flushedScriptsAreLoadedAgain() {
        RedisProcess server = server();
        Errand errand = connect(server);
        List<String> ran = new CopyOnWriteArrayList<>();
        worker(errand, ran);
        for (int i = 0; i < 5; i++) {
            commands(server).scriptFlush();
            errand.enqueue(TYPE, "t" + i);
            int count = i + 1;
            Await.until("it runs", () -> ran.size() == count);
        }
    }

    @Test
    void aReadOnlyReplicaIsAnOutageAndNotTheEnd() {
        RedisProcess server = server();
        Errand errand = connect(server);
        List<String> ran = new CopyOnWriteArrayList<>();
        Worker worker = worker(errand, ran);
        errand.enqueue(TYPE, "before");
        Await.until("it runs", () -> ran.size() == 1);
        RedisCommands<byte[], byte[]> commands = commands(server);
        commands.replicaof("127.0.0.1", RedisProcess.freePort());
        assertThatThrownBy(() -> errand.enqueue(TYPE, "x")).isInstanceOf(BrokerUnavailableException.class);
        Await.until("the worker says so", () -> worker.health().state() == Health.State.BROKER_AWAY);
        commands.replicaofNoOne();
        errand.enqueue(TYPE, "after");
        Await.until("it goes on", () -> ran.contains("after"));
    }

    @Test
    void aFullServerRefusesAndLosesNothing() {
        RedisProcess server = server();
        Errand errand = connect(server);
        commands(server).configSet("maxmemory", "1");
        assertThatThrownBy(() -> errand.enqueue(TYPE, "x"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("maxmemory");
        commands(server).configSet("maxmemory", "0");
        List<String> ran = new CopyOnWriteArrayList<>();
        worker(errand, ran);
        errand.enqueue(TYPE, "y");
        Await.until("it runs", () -> ran.equals(List.of("y")));
    }

    @Test
    void aStoppedServerIsAnOutageWithinTheTimeLimit() {
        RedisProcess server = server();
        Errand errand = closing(Errand.connect(url(server) + "?timeout=500ms"));
        List<String> ran = new CopyOnWriteArrayList<>();
        worker(errand, ran);
        errand.enqueue(TYPE, "before");
        Await.until("it runs", () -> ran.size() == 1);
        server.pause();
        try {
            Instant from = Instant.now();
            assertThatThrownBy(() -> errand.enqueue(TYPE, "x")).isInstanceOf(BrokerUnavailableException.class);
            assertThat(Duration.between(from, Instant.now())).isLessThan(Duration.ofSeconds(10));
        } finally {
            server.resume();
        }
        Await.until("it goes on", () -> {
            try {
                errand.enqueue(TYPE, "after");
                return true;
            } catch (BrokerUnavailableException e) {
                return false;
            }
        });
        Await.until("it runs", () -> ran.contains("after"));
    }

    // ---- strange contents

    @Test
    void unreadableMessagesInEveryContainerHurtOnlyThemselves() {
        RedisProcess server = server();
        RedisCommands<byte[], byte[]> commands = commands(server);
        commands.sadd(Keys.QUEUES, Keys.bytes("default"));
        long now = Instant.now().getEpochSecond();
        bad(commands, "pending");
        commands.lpush(Keys.bytes(P + "pending"), Keys.bytes("bad-pending"), Keys.bytes("ghost"));
        bad(commands, "active");
        commands.lpush(Keys.bytes(P + "active"), Keys.bytes("bad-active"));
        commands.zadd(Keys.bytes(P + "lease"), now - 100, Keys.bytes("bad-active"));
        for (String container : List.of("scheduled", "retry")) {
            bad(commands, container);
            commands.zadd(Keys.bytes(P + container), now - 1, Keys.bytes("bad-" + container));
        }
        bad(commands, "archived");
        commands.zadd(Keys.bytes(P + "archived"), now, Keys.bytes("bad-archived"));
        bad(commands, "completed");
        commands.zadd(Keys.bytes(P + "completed"), now + 1_000, Keys.bytes("bad-completed"));
        Errand errand = connect(server);
        List<String> ran = new CopyOnWriteArrayList<>();
        worker(errand, ran);
        for (int i = 0; i < 20; i++) {
            errand.enqueue(TYPE, "good" + i);
        }
        Await.until("the good ones run", () -> ran.size() == 20);
        for (String id : List.of("bad-pending", "bad-scheduled", "bad-retry")) {
            TaskInfo letter =
                    Await.present(id + " is dead", () -> errand.deadLetters().show(TaskId.of(id)));
            assertThat(letter.cause()).isEqualTo(DeadCause.UNDECODABLE);
            assertThat(letter.envelope().payload().bytes()).as("its bytes").containsExactly(0x0a, 0x05);
        }
        Await.present(
                "what a Go worker left is archived", () -> errand.deadLetters().show(TaskId.of("bad-active")));
        assertThat(errand.tasks().find(TaskId.of("bad-completed")).orElseThrow().state())
                .isEqualTo(TaskState.COMPLETED);
        assertThat(errand.tasks().list(TaskFilter.ALL, Optional.empty(), 100).items())
                .hasSizeGreaterThanOrEqualTo(6);
        assertThat(commands.exists(Keys.bytes(P + "t:ghost"))).isZero();
        assertThat(commands.llen(Keys.bytes(P + "active"))).isZero();
    }

    private static void bad(RedisCommands<byte[], byte[]> commands, String state) {
        commands.hset(
                Keys.bytes(P + "t:bad-" + state),
                Map.of(Keys.bytes("msg"), new byte[] {0x0a, 0x05}, Keys.bytes("state"), Keys.bytes(state)));
    }

    @Test
    void deadLettersSurviveWhatAsynqTrims() {
        RedisProcess server = server();
        RedisCommands<byte[], byte[]> commands = commands(server);
        Errand errand = connect(server);
        closing(errand.worker()
                .handle(TYPE, (payload, task) -> {
                    throw new dev.errand.DeadLetter("hopeless");
                })
                .start());
        TaskId id = errand.enqueue(TYPE, "x", o -> o.header("h", "v")).id();
        Await.present("it is dead", () -> errand.deadLetters().show(id));
        // asynq archives ten thousand later ones, and trims the oldest with their hashes.
        long later = Instant.now().getEpochSecond() + 10;
        for (int i = 0; i < 9_999; i += 100) {
            io.lettuce.core.ScoredValue<byte[]>[] some = many(i, later);
            commands.zadd(Keys.bytes(P + "archived"), some);
        }
        commands.zrem(Keys.bytes(P + "archived"), Keys.bytes(id.value()));
        commands.del(Keys.bytes(P + "t:" + id));
        TaskInfo kept = errand.deadLetters().show(id).orElseThrow();
        assertThat(kept.envelope().headers()).containsOnly(Map.entry("h", "v"));
        assertThat(kept.reason()).contains("hopeless");
        assertThat(errand.deadLetters().redrive(id)).isTrue();
        Await.present("it has died again", () -> errand.deadLetters().show(id));
    }

    @SuppressWarnings({"rawtypes", "unchecked"})
    private static io.lettuce.core.ScoredValue<byte[]>[] many(int from, long score) {
        io.lettuce.core.ScoredValue<byte[]>[] some = new io.lettuce.core.ScoredValue[100];
        for (int i = 0; i < 100; i++) {
            some[i] = io.lettuce.core.ScoredValue.just(score, Keys.bytes("other-" + (from + i)));
        }
        return some;
    }
}
