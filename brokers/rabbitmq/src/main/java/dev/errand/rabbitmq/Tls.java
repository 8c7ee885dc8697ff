package dev.errand.rabbitmq;

import dev.errand.ConfigurationException;
import dev.errand.broker.BrokerUrl;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * How a connection is encrypted.
 *
 * @param verify whether the server's certificate and name are checked
 * @param trust whom to trust, as PKCS#12; null: whom the JVM trusts
 * @param trustPassword of that file
 * @param keys who we are, as PKCS#12; null: nobody
 * @param keysPassword of that file
 */
record Tls(
        boolean verify,
        @Nullable Path trust,
        @Nullable String trustPassword,
        @Nullable Path keys,
        @Nullable String keysPassword) {
    static final String VERIFY = "verify";
    static final String TRUST = "truststore";
    static final String TRUST_PASSWORD = "truststore-password";
    static final String KEYS = "keystore";
    static final String KEYS_PASSWORD = "keystore-password";
    /** The options that ask for it. */
    static final List<String> OPTIONS = List.of(VERIFY, TRUST, TRUST_PASSWORD, KEYS, KEYS_PASSWORD);

    /** What the URL says; null: nothing is encrypted. */
    static @Nullable Tls of(BrokerUrl url) {
        Map<String, String> options = url.options();
        if (!url.scheme().equals("amqps")) {
            for (String option : OPTIONS) {
                if (options.containsKey(option)) {
                    throw new ConfigurationException("The broker URL " + url + " has the option " + option
                            + " but no TLS; begin it with amqps:// instead of amqp://");
                }
            }
            return null;
        }
        String verify = options.getOrDefault(VERIFY, "true");
        if (!verify.equals("true") && !verify.equals("false")) {
            throw new ConfigurationException("The option verify is '" + verify + "'; give true or false");
        }
        return new Tls(
                verify.equals("true"),
                path(options.get(TRUST)),
                options.get(TRUST_PASSWORD),
                path(options.get(KEYS)),
                options.get(KEYS_PASSWORD));
    }

    private static @Nullable Path path(@Nullable String text) {
        return text == null ? null : Path.of(text);
    }

    /** Throws {@link ConfigurationException} if a file cannot be used. */
    SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(), trustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigurationException(
                    "The key or trust store of the broker URL cannot be used: " + e.getMessage()
                            + "; give PKCS#12 files and their passwords",
                    e);
        }
    }

    private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException, IOException {
        if (keys == null) {
            return null;
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store(keys, keysPassword), password(keysPassword));
        return factory.getKeyManagers();
    }

    private TrustManager[] trustManagers() throws GeneralSecurityException, IOException {
        if (!verify) {
            return new TrustManager[] {new Anybody()};
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trust == null ? null : store(trust, trustPassword));
        return factory.getTrustManagers();
    }

    private static KeyStore store(Path file, @Nullable String password) throws GeneralSecurityException, IOException {
        if (!Files.isReadable(file)) {
            throw new ConfigurationException(
                    "The file " + file + " of the broker URL cannot be read; correct the path");
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password(password));
        }
        return store;
    }

    private static char[] password(@Nullable String password) {
        return password == null ? new char[0] : password.toCharArray();
    }

    /** Trusts whoever answers. */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Without the passwords. */
    @Override
    public String toString() {
        return "Tls[verify=" + verify + ", trust=" + trust + ", keys=" + keys + "]";
    }
}
