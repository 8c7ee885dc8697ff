package dev.errand.bench.broker;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Redis by its client alone: the scripts of {@code brokers/redis} themselves, with the arguments that {@code Enqueueing},
 * {@code Taking} and {@code Settling} give them, copied; the messages are as long as ours. Change the arguments here when they
 * change there. In a queue of its own, which no worker serves.
 */
final class RedisBare implements Bare {
    private static final String QUEUE = "errand-bench-bare";
    private static final byte[][] KEYS = {bytes("asynq:{" + QUEUE + "}:")};
    private static final long LEASE_MILLIS = 30_000;
    private static final long COUNTERS_KEPT_SECONDS = 90 * 86_400L;
    private static final int TAKEN_FIELDS = 5;
    private static final int PLAIN_VALUES = 4;
    private static final byte[] NONE = {};

    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final RedisCommands<byte[], byte[]> commands;
    private final String enqueue;
    private final String take;
    private final String done;
    private long number;

    RedisBare(String url) {
        client = RedisClient.create(url.replaceFirst("\\?.*", ""));
        connection = client.connect(ByteArrayCodec.INSTANCE);
        commands = connection.sync();
        enqueue = commands.scriptLoad(script("enqueue"));
        take = commands.scriptLoad(script("take"));
        done = commands.scriptLoad(script("done"));
    }

    private static byte[] script(String name) {
        ByteArrayOutputStream source = new ByteArrayOutputStream();
        for (String part : List.of("lib", name)) {
            try (InputStream in = Objects.requireNonNull(
                    RedisBare.class.getResourceAsStream("/dev/errand/redis/" + part + ".lua"),
                    () -> "there is no script " + part)) {
                in.transferTo(source);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return source.toByteArray();
    }

    private List<Object> run(String script, List<byte[]> arguments) {
        return commands.evalsha(script, ScriptOutputType.MULTI, KEYS, arguments.toArray(byte[][]::new));
    }

    @Override
    public void enqueue(List<byte[]> payloads) throws IOException {
        long now = System.currentTimeMillis();
        List<byte[]> arguments = new ArrayList<>(3 + payloads.size() * PLAIN_VALUES);
        arguments.add(bytes(now));
        arguments.add(NONE);
        arguments.add(bytes(PLAIN_VALUES));
        for (byte[] payload : payloads) {
            number++;
            String id = new UUID(now << 16 | 0x7000 | (number & 0xfff), Long.MIN_VALUE | number).toString();
            arguments.add(bytes(id));
            arguments.add(message(id, payload));
            arguments.add(extras(now));
            arguments.add(bytes(now * 1_000 + number));
        }
        for (Object answer : run(enqueue, arguments)) {
            if (!answer.equals(1L)) {
                throw new IOException("a task was not stored: " + answer);
            }
        }
    }

    @Override
    public int takeAndComplete(int max) throws IOException {
        long now = System.currentTimeMillis();
        List<Object> taken = run(
                take,
                List.of(
                        bytes(now),
                        bytes(max),
                        bytes(now + LEASE_MILLIS),
                        bytes("bare"),
                        bytes("%016x".formatted(System.nanoTime()))));
        if (taken.size() < TAKEN_FIELDS) {
            return 0;
        }
        now = System.currentTimeMillis();
        List<byte[]> arguments = new ArrayList<>(3 + taken.size() / TAKEN_FIELDS * 3);
        arguments.add(bytes(now));
        arguments.add(bytes(LocalDate.now(ZoneOffset.UTC).toString()));
        arguments.add(bytes(now / 1_000 + COUNTERS_KEPT_SECONDS));
        for (int i = 0; i < taken.size(); i += TAKEN_FIELDS) {
            arguments.add((byte[]) taken.get(i));
            arguments.add((byte[]) taken.get(i + 3));
            arguments.add(NONE);
        }
        List<Object> answers = run(done, arguments);
        for (Object answer : answers) {
            if (!answer.equals(1L)) {
                throw new IOException("a taken task could not be completed: " + answer);
            }
        }
        return answers.size();
    }

    /** asynq's message, fields 1 to 5 and 8. */
    private static byte[] message(String id, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(192);
        field(out, 1, bytes("bench"));
        field(out, 2, payload);
        field(out, 3, bytes(id));
        field(out, 4, bytes(QUEUE));
        number(out, 5, 24);
        number(out, 8, 1_800);
        return out.toByteArray();
    }

    /** The fields beside it: when it was made, timeout, content type, version. */
    private static byte[] extras(long now) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64);
        number(out, 1, now);
        number(out, 4, 1_800_000);
        field(out, 7, bytes("application/octet-stream"));
        number(out, 8, 1);
        return out.toByteArray();
    }

    private static void field(ByteArrayOutputStream out, int field, byte[] value) {
        out.write(field << 3 | 2);
        varint(out, value.length);
        out.writeBytes(value);
    }

    private static void number(ByteArrayOutputStream out, int field, long value) {
        out.write(field << 3);
        varint(out, value);
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        for (; rest > 127; rest >>>= 7) {
            out.write((int) ((rest & 127) | 128));
        }
        out.write((int) rest);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(long value) {
        return bytes(Long.toString(value));
    }

    /** Removes its queue. */
    @Override
    public void close() {
        ScanArgs ours = ScanArgs.Builder.matches("asynq:{" + QUEUE + "}:*").limit(1_000);
        KeyScanCursor<byte[]> cursor = commands.scan(ours);
        unlink(cursor);
        while (!cursor.isFinished()) {
            cursor = commands.scan(ScanCursor.of(cursor.getCursor()), ours);
            unlink(cursor);
        }
        connection.close();
        client.shutdown();
    }

    private void unlink(KeyScanCursor<byte[]> found) {
        if (!found.getKeys().isEmpty()) {
            commands.unlink(found.getKeys().toArray(byte[][]::new));
        }
    }
}
