package dev.errand.redis;

import dev.errand.BrokerClosedException;
import dev.errand.BrokerUnavailableException;
import dev.errand.ConfigurationException;
import dev.errand.ErrandException;
import dev.errand.StorageException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one connection that all commands share, pipelined. Thread-safe. It is made anew by whoever needs it after it broke, and
 * never repeats a command by itself: what was under way fails, for only the caller knows what may be repeated.
 */
final class Link implements AutoCloseable {
    private final RedisClient client;
    private final RedisURI uri;
    private final long timeoutNanos;
    private final ReentrantLock connecting = new ReentrantLock();
    private final AtomicReference<@Nullable StatefulRedisConnection<byte[], byte[]>> current = new AtomicReference<>();
    private volatile boolean closed;

    Link(RedisClient client, RedisOptions options) {
        this.client = client;
        this.uri = options.uri();
        this.timeoutNanos = options.timeout().toNanos();
    }

    // ---- one command

    /** Runs a command and waits for its answer, through interrupts. */
    <T> T call(
            Function<RedisAsyncCommands<byte[], byte[]>, ? extends java.util.concurrent.CompletionStage<T>> command) {
        StatefulRedisConnection<byte[], byte[]> connection = connection();
        return await(connection, command.apply(connection.async()).toCompletableFuture());
    }

    /** Runs a script on a queue's keys; its answer is a list of byte arrays, longs and such lists. */
    List<?> run(Script script, String queue, Arguments arguments) {
        return runAll(List.of(Run.on(script, queue, arguments))).getFirst();
    }

    /** Runs a script that answers a number. */
    long count(Script script, String queue, Arguments arguments) {
        return (Long) run(script, queue, arguments).getFirst();
    }

    /** One call of a script. */
    record Run(Script script, byte[] key, Arguments arguments) {
        static Run on(Script script, String queue, Arguments arguments) {
            return new Run(script, Keys.bytes(Keys.prefix(queue)), arguments);
        }
    }

    /** Runs scripts in one go, in their order; answers in the same order, single values as lists of one. */
    List<List<?>> runAll(List<Run> runs) {
        StatefulRedisConnection<byte[], byte[]> connection = connection();
        List<CompletableFuture<List<?>>> answers = new ArrayList<>(runs.size());
        for (Run run : runs) {
            answers.add(send(connection, run));
        }
        List<List<?>> all = new ArrayList<>(runs.size());
        for (int i = 0; i < runs.size(); i++) {
            try {
                all.add(await(connection, answers.get(i)));
            } catch (UnknownScript e) {
                load(connection, runs.get(i).script());
                all.add(await(connection, send(connection, runs.get(i))));
            }
        }
        return all;
    }

    private static CompletableFuture<List<?>> send(StatefulRedisConnection<byte[], byte[]> connection, Run run) {
        return connection
                .async()
                .<List<?>>evalsha(
                        run.script.digest(), ScriptOutputType.MULTI, new byte[][] {run.key}, run.arguments.toArray())
                .toCompletableFuture();
    }

    /** Loads a script that the server has not, or has no more: it was restarted, flushed, or has failed over. */
    private void load(StatefulRedisConnection<byte[], byte[]> connection, Script script) {
        await(connection, connection.async().scriptLoad(script.source()).toCompletableFuture());
    }

    /** The script is not loaded. */
    private static final class UnknownScript extends ErrandException {
        private static final long serialVersionUID = 1L;

        UnknownScript() {
            super("the script is not loaded");
        }
    }

    // ---- the connection

    /** The connection as it is; throws {@link BrokerUnavailableException} if there can be none now. */
    StatefulRedisConnection<byte[], byte[]> connection() {
        StatefulRedisConnection<byte[], byte[]> open = current.get();
        if (open != null && open.isOpen()) {
            return open;
        }
        connecting.lock();
        try {
            open = current.get();
            if (open != null && open.isOpen()) {
                return open;
            }
            if (closed) {
                throw new BrokerClosedException("The connection to " + this + " is closed; connect again");
            }
            if (open != null) {
                close(open);
            }
            StatefulRedisConnection<byte[], byte[]> fresh = await(
                    null, client.connectAsync(ByteArrayCodec.INSTANCE, uri).toCompletableFuture());
            current.set(fresh);
            return fresh;
        } finally {
            connecting.unlock();
        }
    }

    /** The connection if there is one now. */
    @Nullable
    StatefulRedisConnection<byte[], byte[]> connectionOrNull() {
        StatefulRedisConnection<byte[], byte[]> open = current.get();
        return open != null && open.isOpen() ? open : null;
    }

    /** Waits for an answer, through interrupts, at most for the time limit; a connection that is late is given up. */
    <T> T await(@Nullable StatefulRedisConnection<byte[], byte[]> connection, CompletableFuture<T> answer) {
        boolean interrupted = false;
        long end = System.nanoTime() + timeoutNanos;
        try {
            while (true) {
                try {
                    return answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (TimeoutException e) {
            giveUp(connection);
            answer.cancel(false);
            throw new BrokerUnavailableException(this + " has not answered within "
                    + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms; it is slow, stopped or cut off");
        } catch (ExecutionException e) {
            throw failure(connection, e.getCause() == null ? e : e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void giveUp(@Nullable StatefulRedisConnection<byte[], byte[]> connection) {
        if (connection != null && current.compareAndSet(connection, null)) {
            close(connection);
        }
    }

    private ErrandException failure(@Nullable StatefulRedisConnection<byte[], byte[]> connection, Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (closed) {
            return new BrokerClosedException("The connection to " + this + " is closed; connect again", cause);
        }
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof RedisCommandExecutionException) {
                return refusal(connection, String.valueOf(each.getMessage()), cause);
            }
        }
        return new BrokerUnavailableException(this + " cannot be reached: " + cause.getMessage(), cause);
    }

    /** What an error answer means for the caller. */
    private ErrandException refusal(
            @Nullable StatefulRedisConnection<byte[], byte[]> connection, String message, Throwable cause) {
        String code = message.substring(0, (message + " ").indexOf(' '));
        return switch (code) {
            case "NOSCRIPT" -> new UnknownScript();
            case "READONLY" -> {
                giveUp(connection); // it is a replica now: the next connection asks who the master is
                yield new BrokerUnavailableException(
                        this + " is a read-only replica: " + message + "; name the master, or use Sentinel", cause);
            }
            case "LOADING", "MASTERDOWN", "BUSY", "TRYAGAIN", "CLUSTERDOWN", "UNKILLABLE" ->
                new BrokerUnavailableException(this + " is not ready: " + message, cause);
            case "NOAUTH", "WRONGPASS", "NOPERM" ->
                new ConfigurationException(
                        this + " refuses this user: " + message
                                + "; correct user and password in the URL, and the user's ACL as docs/redis.md has it",
                        cause);
            case "OOM" ->
                new StorageException(this + " is full: " + message + "; raise its maxmemory or free memory", cause);
            case "MISCONF", "NOREPLICAS" ->
                new StorageException(this + " cannot write: " + message + "; see its log", cause);
            default -> {
                if (message.contains("OOM command not allowed")) {
                    yield new StorageException(
                            this + " is full: " + message + "; raise its maxmemory or free memory", cause);
                }
                if (message.contains("READONLY")) {
                    giveUp(connection);
                    yield new BrokerUnavailableException(this + " is a read-only replica: " + message, cause);
                }
                yield new StorageException(this + " refused a command: " + message, cause);
            }
        };
    }

    /** For what need not be waited for: a failure shows in what comes next. */
    static void unawaited(Object answer) {
        java.util.Objects.requireNonNull(answer);
    }

    /** Closes a connection without waiting. */
    static void close(StatefulConnection<?, ?> connection) {
        if (connection.isOpen()) {
            unawaited(connection.closeAsync());
        }
    }

    /** Where it leads, without a password. */
    @Override
    public String toString() {
        return "Redis at "
                + (uri.getSentinelMasterId() == null
                        ? uri.getHost() + ":" + uri.getPort()
                        : "master " + uri.getSentinelMasterId());
    }

    /** Makes no connection any more; the client closes the one that is there. */
    @Override
    public void close() {
        closed = true;
    }
}
