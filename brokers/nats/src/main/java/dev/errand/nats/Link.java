package dev.errand.nats;

import dev.errand.BrokerClosedException;
import dev.errand.BrokerUnavailableException;
import dev.errand.broker.BrokerContext;
import dev.errand.time.Signal;
import dev.errand.time.Time;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.api.ServerInfo;
import io.nats.client.impl.Headers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one connection of a broker. It is made again by itself; while it is down every call fails at once instead of waiting in
 * a buffer, and what was on its way fails as soon as the connection is known to be gone. No wait is interruptible.
 */
final class Link implements AutoCloseable {
    /** How often a wait looks whether the connection is still the one on which it asked. */
    private static final long GLANCE_MILLIS = 50;

    private final Threads threads = new Threads();
    private final Connection connection;
    private final String address;
    private final Duration timeout;
    private final Time time;
    private final AtomicInteger breaks = new AtomicInteger();
    private final Set<Runnable> onChange = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Link(NatsOptions options, BrokerContext context) {
        this.address = String.join(",", options.servers());
        this.timeout = options.timeout();
        this.time = context.time();
        this.connection = Dialling.connect(options, context, threads, this::changed);
    }

    private void changed(boolean broken) {
        if (broken) {
            breaks.incrementAndGet();
        }
        onChange.forEach(Runnable::run);
    }

    /** Told whenever the connection breaks or is there again; must be quick. */
    void listen(Runnable listener) {
        onChange.add(listener);
    }

    void forget(Runnable listener) {
        onChange.remove(listener);
    }

    /** Tells all who listen to look again. */
    void stir() {
        onChange.forEach(Runnable::run);
    }

    /** Grows each time the connection breaks. */
    int breaks() {
        return breaks.get();
    }

    Connection connection() {
        return connection;
    }

    Time time() {
        return time;
    }

    Duration timeout() {
        return timeout;
    }

    void requireUp() {
        if (closed) {
            throw new BrokerClosedException("The broker at " + address + " is closed; open another");
        }
        if (connection.getStatus() != Connection.Status.CONNECTED) {
            throw away("the connection is " + connection.getStatus(), null);
        }
    }

    /** Names the connection as it is now; another one after each break. */
    String identity() {
        ServerInfo server = connection.getServerInfo();
        return server.getServerId() + "/" + server.getClientId();
    }

    /** What was sent before a break may be lost, and what was sent after it is not. */
    void requireSame(String identity) {
        if (!identity.equals(identity())) {
            throw away("the connection broke before the answer", null);
        }
    }

    private BrokerUnavailableException away(String why, @Nullable Throwable cause) {
        String message = "NATS at " + address + " cannot be reached: " + why + "; it is tried again";
        return cause == null ? new BrokerUnavailableException(message) : new BrokerUnavailableException(message, cause);
    }

    /** Waits until the connection is there again, at most so long; whether it is. */
    boolean awaitReturn(Duration max) {
        Signal returned = new Signal(time);
        Runnable raise = returned::raise;
        listen(raise);
        boolean interrupted = false;
        try {
            long end = time.nanoTime() + max.toNanos();
            while (!closed && connection.getStatus() != Connection.Status.CONNECTED && time.nanoTime() - end < 0) {
                try {
                    returned.awaitUntil(end);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            forget(raise);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return connection.getStatus() == Connection.Status.CONNECTED;
    }

    CompletableFuture<Message> request(String subject, @Nullable Headers headers, byte @Nullable [] body) {
        return uninterrupted(() -> connection.request(subject, headers, body));
    }

    void publish(String subject, @Nullable String reply, byte[] body) {
        uninterrupted(() -> {
            connection.publish(subject, reply, body);
            return this;
        });
    }

    /** The client library drops what an interrupted thread wants to send. */
    private <T> T uninterrupted(Supplier<T> call) {
        requireUp();
        boolean interrupted = Thread.interrupted();
        try {
            return call.get();
        } catch (IllegalStateException e) {
            throw away(String.valueOf(e.getMessage()), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** One deadline for many answers; see {@link #await(Future, Deadline)}. */
    Deadline deadline() {
        return new Deadline(time.nanoTime() + timeout.toNanos(), breaks.get());
    }

    /**
     * Until when to wait, and on which connection.
     *
     * @param nanos as the machine's own clock counts
     * @param breaks of the connection when it was asked
     */
    record Deadline(long nanos, int breaks) {}

    /** The answer; null if nobody was there to give it. */
    @Nullable
    Message await(Future<Message> answer, Deadline deadline) {
        boolean interrupted = false;
        try {
            while (true) {
                long left = deadline.nanos - time.nanoTime();
                try {
                    return answer.get(
                            Math.clamp(TimeUnit.NANOSECONDS.toMillis(left) + 1, 1, GLANCE_MILLIS),
                            TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    if (breaks.get() != deadline.breaks || closed) {
                        answer.cancel(true);
                        requireUp();
                        throw away("the connection broke before the answer", null);
                    }
                    if (left <= 0) {
                        answer.cancel(true);
                        throw away("no answer within " + timeout, null);
                    }
                } catch (CancellationException e) {
                    return null;
                } catch (ExecutionException e) {
                    if (Dialling.isNobodyThere(e.getCause())) {
                        return null;
                    }
                    throw away(String.valueOf(e.getCause()), e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits for all; throws if one has no answer for another reason than that nobody was there. */
    void awaitAll(List<? extends Future<Message>> answers) {
        Deadline deadline = deadline();
        answers.forEach(answer -> await(answer, deadline));
    }

    @Override
    public String toString() {
        return address;
    }

    @Override
    public void close() {
        closed = true;
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.close();
    }
}
