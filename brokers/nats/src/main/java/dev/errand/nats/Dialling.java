package dev.errand.nats;

import dev.errand.BrokerUnavailableException;
import dev.errand.ConfigurationException;
import dev.errand.broker.BrokerContext;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.ConnectionListener.Events;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamStatusException;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.random.RandomGenerator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the connection. Stateless. */
final class Dialling {
    private static final Logger log = LoggerFactory.getLogger(Dialling.class);

    /** A connection that carries nothing is noticed after as many and one more of these. */
    private static final Duration PING = Duration.ofSeconds(4);

    private static final int SILENT_PINGS = 2;
    private static final long FIRST_WAIT_MILLIS = 50;
    private static final long LONGEST_WAIT_MILLIS = 2_000;

    /** Told of every break ({@code true}) and every return. */
    interface Changes {
        void changed(boolean broken);
    }

    private Dialling() {}

    static Connection connect(NatsOptions options, BrokerContext context, Threads threads, Changes changes) {
        Options.Builder settings = new Options.Builder()
                .servers(options.servers().toArray(String[]::new))
                .connectionName("errand")
                .connectionTimeout(options.timeout())
                .pingInterval(PING)
                .maxPingsOut(SILENT_PINGS)
                .maxReconnects(-1)
                .reconnectDelayHandler(round -> wait(round, context.random()))
                // What cannot be sent now fails now, and is repeated by who knows whether it still makes sense.
                .reconnectBufferSize(0)
                .reportNoResponders()
                .executor(threads.pool())
                .scheduledExecutor(threads.timers())
                .connectThreadFactory(threads)
                .callbackThreadFactory(threads)
                .connectionListener(new Watch(changes))
                .errorListener(new Complaints());
        NatsOptions.Login login = options.login();
        if (login.user() != null && login.password() != null) {
            settings.userInfo(login.user().toCharArray(), login.password().toCharArray());
        } else if (login.token() != null) {
            settings.token(login.token().toCharArray());
        } else if (login.credentials() != null) {
            settings.authHandler(Nats.credentials(readable(login.credentials()).toString()));
        }
        NatsOptions.Tls tls = options.tls();
        if (tls != null) {
            settings.sslContext(context(tls));
        }
        try {
            return Nats.connect(settings.build());
        } catch (AuthenticationException e) {
            throw new ConfigurationException(
                    "NATS at " + String.join(",", options.servers())
                            + " does not let us in: " + e.getMessage()
                            + "; check the user, token or creds file of the URL",
                    e);
        } catch (IOException e) {
            throw new BrokerUnavailableException(
                    "NATS at " + String.join(",", options.servers()) + " cannot be reached: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerUnavailableException(
                    "Interrupted while connecting to NATS at " + String.join(",", options.servers()), e);
        }
    }

    /** Doubling, and then somewhere between half of it and all of it, so that not everybody comes back at once. */
    private static Duration wait(long round, RandomGenerator random) {
        long most = Math.min(LONGEST_WAIT_MILLIS, FIRST_WAIT_MILLIS << Math.clamp(round - 1, 0, 10));
        return Duration.ofMillis(most / 2 + random.nextLong(most / 2 + 1));
    }

    private static Path readable(Path file) {
        if (!Files.isReadable(file)) {
            throw new ConfigurationException(
                    "The file " + file + " of the broker URL cannot be read; correct the path");
        }
        return file;
    }

    private static SSLContext context(NatsOptions.Tls tls) {
        try {
            KeyManagerFactory keys = null;
            if (tls.keys() != null) {
                keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                keys.init(store(tls.keys(), tls.keysPassword()), password(tls.keysPassword()));
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(tls.trust() == null ? null : store(tls.trust(), tls.trustPassword()));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigurationException(
                    "The key or trust store of the broker URL cannot be used: " + e.getMessage()
                            + "; give PKCS#12 files and their passwords",
                    e);
        }
    }

    private static KeyStore store(Path file, @Nullable String password) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(readable(file))) {
            store.load(in, password(password));
        }
        return store;
    }

    private static char[] password(@Nullable String password) {
        return password == null ? new char[0] : password.toCharArray();
    }

    /** Whether a request failed because nothing listens to its subject. */
    static boolean isNobodyThere(@Nullable Throwable failure) {
        return failure instanceof JetStreamStatusException status
                && status.getStatus().getCode() == 503;
    }

    /** Hands on what matters. */
    private record Watch(Changes changes) implements ConnectionListener {
        @Override
        @SuppressWarnings("deprecation") // the other one calls it, and has nothing that we need
        public void connectionEvent(Connection connection, Events type) {
            switch (type) {
                case DISCONNECTED, CLOSED -> changes.changed(true);
                case CONNECTED, RECONNECTED, RESUBSCRIBED -> changes.changed(false);
                default -> {}
            }
        }
    }

    /** What the client library complains about; who asked for something is told by its answer. */
    private static final class Complaints implements ErrorListener {
        @Override
        public void errorOccurred(Connection connection, String error) {
            log.debug("NATS says: {}", error);
        }

        @Override
        public void exceptionOccurred(Connection connection, Exception failure) {
            log.debug("The connection to NATS failed", failure);
        }

        @Override
        public void slowConsumerDetected(Connection connection, Consumer consumer) {
            log.warn("Messages from NATS came faster than they were read; what was dropped comes again");
        }
    }
}
