package dev.errand.rabbitmq;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.impl.ForgivingExceptionHandler;
import dev.errand.BrokerClosedException;
import dev.errand.BrokerUnavailableException;
import dev.errand.ConfigurationException;
import dev.errand.ErrandException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection. It is made anew by whoever needs it after it broke; callers that come while it is being made share that
 * attempt and its failure. It never repeats anything by itself: the engine does, with jittered and bounded pauses. Thread-safe.
 */
final class Link implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Link.class);
    private static final int MAX_BODY = 128 * 1024 * 1024;

    private final RabbitOptions options;
    private final String role;
    private final RandomGenerator random;
    private final Runnable onConnect;
    private final ConnectionFactory factory;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable CompletableFuture<Connection> attempt;
    private volatile @Nullable String blocked;
    private volatile boolean closed;

    /**
     * Without a connection yet.
     *
     * @param onConnect called after each new connection, before anybody uses it; does not use it itself
     */
    Link(RabbitOptions options, String role, RandomGenerator random, Runnable onConnect) {
        this.options = options;
        this.role = role;
        this.random = random;
        this.onConnect = onConnect;
        this.factory = factory(options);
    }

    private static ConnectionFactory factory(RabbitOptions options) {
        int timeout = millis(options.timeout());
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUsername(options.user());
        factory.setPassword(options.password());
        factory.setVirtualHost(options.vhost());
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setConnectionTimeout(timeout);
        factory.setHandshakeTimeout(timeout);
        factory.setChannelRpcTimeout(timeout);
        factory.setShutdownTimeout(timeout);
        factory.setRequestedHeartbeat((int) Math.max(1, options.heartbeat().toSeconds()));
        factory.setMaxInboundMessageBodySize(MAX_BODY);
        factory.setSharedExecutor(new OnReader());
        factory.setExceptionHandler(new ForgivingExceptionHandler() {
            @Override
            protected void log(String message, Throwable e) {
                log.debug("{}", message, e);
            }
        });
        factory.setThreadFactory(task ->
                Thread.ofPlatform().daemon().name("errand-rabbitmq-reader").unstarted(task));
        Tls tls = options.tls();
        if (tls != null) {
            factory.useSslProtocol(tls.context());
            if (tls.verify()) {
                factory.enableHostnameVerification();
            }
        }
        return factory;
    }

    private static int millis(Duration span) {
        return (int) Math.min(Integer.MAX_VALUE, span.toMillis());
    }

    /** The open connection; makes one if there is none. */
    Connection connection() {
        CompletableFuture<Connection> mine;
        boolean first = false;
        lock.lock();
        try {
            requireOpen();
            if (attempt == null || (attempt.isDone() && !isOpen(attempt))) {
                attempt = new CompletableFuture<>();
                first = true;
            }
            mine = attempt;
        } finally {
            lock.unlock();
        }
        if (first) {
            connect(mine);
        }
        try {
            return mine.join();
        } catch (CompletionException e) {
            throw fresh(e.getCause());
        }
    }

    /** Each caller gets an exception of its own, with its own stack. */
    private ErrandException fresh(@Nullable Throwable failure) {
        Throwable cause = failure == null ? new IOException("no reason was given") : failure;
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof ConfigurationException) {
            return new ConfigurationException(message, cause);
        }
        if (cause instanceof BrokerClosedException) {
            return new BrokerClosedException(message, cause);
        }
        return new BrokerUnavailableException(message, cause);
    }

    private static boolean isOpen(CompletableFuture<Connection> attempt) {
        return !attempt.isCompletedExceptionally() && attempt.join().isOpen();
    }

    private void connect(CompletableFuture<Connection> mine) {
        try {
            List<com.rabbitmq.client.Address> hosts = new ArrayList<>(options.hosts());
            Collections.shuffle(hosts, java.util.Random.from(random));
            Connection connection = factory.newConnection(hosts, "errand " + role);
            blocked = null;
            connection.addBlockedListener(new BlockedListener() {
                @Override
                public void handleBlocked(String reason) {
                    blocked = reason;
                    log.warn("RabbitMQ at {} takes no messages now: {}. Free what it lacks", options, reason);
                }

                @Override
                public void handleUnblocked() {
                    blocked = null;
                    log.info("RabbitMQ at {} takes messages again", options);
                }
            });
            onConnect.run();
            mine.complete(connection);
            if (closed) {
                connection.abort(1_000);
            }
        } catch (AuthenticationFailureException e) {
            mine.completeExceptionally(new ConfigurationException(
                    "RabbitMQ at " + options + " refuses the login (" + e.getMessage()
                            + "). Correct user and password in the URL",
                    e));
        } catch (IOException | TimeoutException | RuntimeException e) {
            mine.completeExceptionally(refusedVhost(e) ? vhost(e) : Failures.of(options, "connecting", e));
        } catch (Error e) {
            mine.completeExceptionally(e);
            throw e;
        }
    }

    private static boolean refusedVhost(Throwable failure) {
        return failure.getCause() instanceof ShutdownSignalException signal
                && String.valueOf(signal.getReason()).contains("NOT_ALLOWED");
    }

    private ConfigurationException vhost(Throwable failure) {
        return new ConfigurationException(
                "RabbitMQ at " + options + " does not let the user " + options.user() + " use the virtual host '"
                        + options.vhost() + "'. Create it, give the user permissions on it, or correct the URL",
                failure);
    }

    /** Why the server takes no messages now; null if it does. */
    @Nullable
    String blocked() {
        return blocked;
    }

    /** Gives a connection up that does not answer; the next caller makes another. */
    void giveUp() {
        CompletableFuture<Connection> current;
        lock.lock();
        try {
            current = attempt;
            attempt = null;
        } finally {
            lock.unlock();
        }
        if (current != null && current.isDone() && !current.isCompletedExceptionally()) {
            Connection connection = current.join();
            // Closing waits for the server, which does not answer.
            Thread.ofPlatform().daemon().name("errand-rabbitmq-abort").start(() -> connection.abort(1_000));
        }
    }

    /** Something to do on a channel. */
    interface Work<T> {
        T on(Channel channel) throws IOException, TimeoutException;
    }

    /** Does something on a channel of its own, which is closed afterwards. */
    <T> T with(String what, Work<T> work) {
        Connection connection = connection();
        try {
            Channel channel = open(connection);
            try {
                return work.on(channel);
            } finally {
                if (channel.isOpen()) {
                    channel.abort();
                }
            }
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            throw Failures.of(options, what, e);
        }
    }

    private static Channel open(Connection connection) throws IOException {
        Channel channel = connection.createChannel();
        if (channel == null) {
            throw new IOException("the server allows no more channels on a connection");
        }
        return channel;
    }

    /** A channel to keep. */
    Channel channel(String what) {
        Connection connection = connection();
        try {
            return open(connection);
        } catch (IOException | ShutdownSignalException e) {
            throw Failures.of(options, what, e);
        }
    }

    /** What the server says of itself. */
    Map<String, Object> server() {
        return new HashMap<>(connection().getServerProperties());
    }

    private void requireOpen() {
        if (closed) {
            throw new BrokerClosedException("The broker at " + options + " is closed; open another");
        }
    }

    @Override
    public void close() {
        CompletableFuture<Connection> last;
        lock.lock();
        try {
            closed = true;
            last = attempt;
        } finally {
            lock.unlock();
        }
        if (last != null && last.isDone() && !last.isCompletedExceptionally()) {
            last.join().abort(2_000);
        }
    }
}
