package dev.errand.redis;

import dev.errand.ErrandException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks of one type and debounce key that wait or run, and the lock on them; the last one stored is the last. Closing writes
 * them down and unlocks. Used by one thread.
 */
final class OpenTasks implements AutoCloseable {
    /** A process that dies with a lock holds the others up for so long. */
    static final Duration LIFE = Duration.ofSeconds(3);

    private static final Logger log = LoggerFactory.getLogger(OpenTasks.class);
    private static final Duration GRACE = Duration.ofDays(30);
    private static final Duration PATIENCE = LIFE.plusSeconds(5);
    private static final long FIRST_PAUSE_NANOS = 500_000;
    private static final long LONGEST_PAUSE_NANOS = 20_000_000;
    private static final byte[] STATE = Keys.bytes("state");
    private static final byte[] REPLACED_BY = Keys.bytes("e:rep");

    /**
     * An open task.
     *
     * @param waits whether it waits, not runs
     * @param replacedBy the enqueues that have taken its place
     */
    record Open(String queue, String id, boolean waits, List<String> replacedBy) {}

    private final RedisBroker broker;
    private final byte[] key;
    private final String who;
    private final Instant latest;
    /** Task id to queue. */
    private final Map<String, String> tasks = new LinkedHashMap<>();

    private List<Open> seen = List.of();

    private OpenTasks(RedisBroker broker, byte[] key, String who, Instant latest) {
        this.broker = broker;
        this.key = key;
        this.who = who;
        this.latest = latest;
    }

    /** Waits for the lock. */
    static OpenTasks lock(RedisBroker broker, String name, Instant latest) {
        byte[] key = Keys.bytes(name);
        String who = "%016x".formatted(broker.context().random().nextLong());
        long from = System.nanoTime();
        long pause = FIRST_PAUSE_NANOS;
        boolean interrupted = false;
        try {
            while (true) {
                Arguments arguments = Arguments.at(broker.time().now().toEpochMilli())
                        .add(who)
                        .add(LIFE.toMillis());
                List<?> answer = broker.link()
                        .runAll(List.of(new Link.Run(Script.LOCK, key, arguments)))
                        .getFirst();
                if ((Long) answer.getFirst() == 1) {
                    OpenTasks open = new OpenTasks(broker, key, who, latest);
                    open.read((byte[]) answer.get(1));
                    return open;
                }
                if (System.nanoTime() - from > PATIENCE.toNanos()) {
                    throw Debouncing.tooLong(broker.link(), PATIENCE);
                }
                LockSupport.parkNanos(pause);
                interrupted |= Thread.interrupted();
                pause = Math.min(LONGEST_PAUSE_NANOS, pause * 2);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void read(byte[] bytes) {
        try {
            List<String> texts = decodeTexts(bytes);
            for (int i = 0; i + 1 < texts.size(); i += 2) {
                tasks.put(texts.get(i), texts.get(i + 1));
            }
        } catch (ProtoReader.Broken e) {
            log.warn("What is remembered of a debounce key cannot be read; it starts anew", e);
        }
    }

    /** Those that are still open; the others are forgotten. */
    List<Open> look() {
        var connection = broker.link().connection();
        Map<String, CompletableFuture<List<io.lettuce.core.KeyValue<byte[], byte[]>>>> looks = new LinkedHashMap<>();
        tasks.forEach((id, queue) -> looks.put(
                id,
                connection
                        .async()
                        .hmget(Keys.task(queue, id), STATE, REPLACED_BY)
                        .toCompletableFuture()));
        List<Open> all = new ArrayList<>();
        looks.forEach((id, look) -> {
            var fields = broker.link().await(connection, look);
            String state = Keys.text(fields.get(0).getValueOrElse(Arguments.EMPTY));
            switch (state) {
                case "pending", "scheduled", "retry", "active" ->
                    all.add(new Open(
                            java.util.Objects.requireNonNull(tasks.get(id)),
                            id,
                            !state.equals("active"),
                            texts(fields.get(1).getValueOrElse(Arguments.EMPTY))));
                default -> tasks.remove(id);
            }
        });
        seen = all;
        return all;
    }

    private static List<String> texts(byte[] bytes) {
        try {
            return decodeTexts(bytes);
        } catch (ProtoReader.Broken e) {
            return List.of();
        }
    }

    /** The last one that waited at the last look, but for one; null: none. */
    @Nullable
    Open waiting(@Nullable String but) {
        for (Open each : seen.reversed()) {
            if (each.waits() && !each.id().equals(but) && tasks.containsKey(each.id())) {
                return each;
            }
        }
        return null;
    }

    /** Whether a queue has a task of this id. */
    boolean exists(String queue, String id) {
        return broker.link().call(c -> c.exists(new byte[][] {Keys.task(queue, id)})) > 0;
    }

    void add(String queue, String id) {
        tasks.remove(id);
        tasks.put(id, queue);
    }

    boolean remove(String id) {
        return tasks.remove(id) != null;
    }

    /** Writes them down already now, in case nobody comes to do it later. */
    void save() {
        write(false);
    }

    private void write(boolean unlock) {
        List<String> texts = new ArrayList<>();
        tasks.forEach((id, queue) -> {
            texts.add(id);
            texts.add(queue);
        });
        Duration kept = Duration.between(broker.time().now(), latest);
        Arguments arguments = Arguments.at(broker.time().now().toEpochMilli())
                .add(who)
                .add(encodeTexts(texts))
                .add(Math.max(0, kept.toMillis()) + GRACE.toMillis())
                .add(unlock ? "1" : "");
        broker.link().runAll(List.of(new Link.Run(Script.UNLOCK, key, arguments)));
    }

    @Override
    public void close() {
        try {
            write(true);
        } catch (ErrandException e) {
            log.debug("A debounce key could not be unlocked; it is free in {} s", LIFE.toSeconds(), e);
        }
    }

    static byte[] encodeTexts(List<String> texts) {
        ProtoWriter out = new ProtoWriter();
        texts.forEach(text -> out.text(1, text));
        return out.toBytes();
    }

    private static List<String> decodeTexts(byte[] bytes) throws ProtoReader.Broken {
        List<String> texts = new ArrayList<>();
        ProtoReader in = new ProtoReader(bytes);
        while (in.next()) {
            texts.add(in.text());
        }
        return texts;
    }
}
