package dev.errand.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.ConfigurationException;
import dev.errand.Enqueued;
import dev.errand.Errand;
import dev.errand.ErrandException;
import dev.errand.TaskType;
import dev.errand.contract.server.NatsProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Passwords, tokens and certificates, against real servers. */
@EnabledIf(value = "dev.errand.contract.server.NatsProcess#isPresent", disabledReason = NatsProcess.MISSING)
class NatsLoginIT {
    private static final TaskType<String> TYPE = TaskType.of("t", String.class);

    private static void works(String url) {
        try (Errand errand = Errand.connect(url, c -> {})) {
            assertThat(errand.enqueue(TYPE, "x")).isInstanceOf(Enqueued.class);
        }
    }

    @Test
    void aUserAndPassword() {
        try (NatsProcess server = NatsProcess.started("--user", "me", "--pass", "p@ss")) {
            works("nats://me:p%40ss@127.0.0.1:" + server.port());
            String wrong = "nats://me:wrongsecret@127.0.0.1:" + server.port();
            assertThatThrownBy(() -> Errand.connect(wrong, c -> {}))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("127.0.0.1")
                    .hasMessageNotContaining("wrongsecret");
        }
    }

    @Test
    void aToken() {
        try (NatsProcess server = NatsProcess.started("--auth", "s3cret")) {
            works("nats://127.0.0.1:" + server.port() + "?token=s3cret");
            works("nats://s3cret@127.0.0.1:" + server.port());
        }
    }

    @Test
    void aCertificateThatIsTrusted(@TempDir Path folder) throws Exception {
        Path store = folder.resolve("server.p12");
        keytool(store);
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        export(store, certificate, key);
        try (NatsProcess server =
                NatsProcess.started("--tls", "--tlscert", certificate.toString(), "--tlskey", key.toString())) {
            works("tls://127.0.0.1:" + server.port() + "?truststore=" + store + "&truststore-password=changeit");
            assertThatThrownBy(() -> Errand.connect("tls://127.0.0.1:" + server.port() + "?timeout=2s", c -> {}))
                    .as("the JVM does not know who signed it")
                    .isInstanceOf(ErrandException.class);
        }
    }

    private static void keytool(Path store) throws IOException, InterruptedException {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
    }

    private static void export(Path store, Path certificate, Path key) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        // What the server is, the client trusts.
        keys.setCertificateEntry("trusted", keys.getCertificate("server"));
        Files.writeString(
                certificate, pem("CERTIFICATE", keys.getCertificate("server").getEncoded()));
        Files.writeString(
                key,
                pem(
                        "PRIVATE KEY",
                        keys.getKey("server", "changeit".toCharArray()).getEncoded()));
        try (var out = Files.newOutputStream(store)) {
            keys.store(out, "changeit".toCharArray());
        }
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + what + "-----\n";
    }
}
