package dev.errand.examples.orders.smtp;

import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * Connections to a mail server, kept open between mails for a short while; as many as there are senders at once. Thread-safe.
 */
public final class SmtpConnections implements AutoCloseable {
    private static final long MAX_IDLE_NANOS = 20_000_000_000L;

    private record Idle(Transport transport, long since) {}

    private final SmtpUrl url;
    private final Session session;
    private final ConcurrentLinkedDeque<Idle> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    /** Connects with the first mail. */
    public SmtpConnections(SmtpUrl url) {
        this.url = url;
        this.session = Session.getInstance(url.properties());
    }

    /** For making messages. */
    public Session session() {
        return session;
    }

    /** Sends one message; a mail server's refusal leaves the connection open. */
    public void send(Message message, Address[] recipients) throws MessagingException {
        Transport transport = take();
        boolean usable = false;
        try {
            transport.sendMessage(message, recipients);
            usable = true;
        } catch (SendFailedException e) {
            usable = transport.isConnected();
            throw e;
        } finally {
            if (usable && !closed) {
                idle.push(new Idle(transport, System.nanoTime()));
            } else {
                closeQuietly(transport);
            }
        }
    }

    private Transport take() throws MessagingException {
        for (Idle kept = idle.poll(); kept != null; kept = idle.poll()) {
            if (System.nanoTime() - kept.since() < MAX_IDLE_NANOS
                    && kept.transport().isConnected()) {
                return kept.transport();
            }
            closeQuietly(kept.transport());
        }
        Transport fresh = session.getTransport(url.protocol());
        fresh.connect(url.host(), url.port(), orNull(url.user()), orNull(url.password()));
        return fresh;
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static void closeQuietly(Transport transport) {
        try {
            transport.close();
        } catch (MessagingException e) {
            // It is gone either way.
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Idle kept = idle.poll(); kept != null; kept = idle.poll()) {
            closeQuietly(kept.transport());
        }
    }
}
