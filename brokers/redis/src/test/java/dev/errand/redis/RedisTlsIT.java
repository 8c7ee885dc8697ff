package dev.errand.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.Errand;
import dev.errand.ErrandException;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.contract.Await;
import dev.errand.contract.server.RedisProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** TLS with a certificate that the test makes, and a user who may do what docs/redis.md says and nothing else. */
@EnabledIf(value = "dev.errand.contract.server.RedisProcess#isPresent", disabledReason = RedisProcess.MISSING)
class RedisTlsIT {
    private static final TaskType<String> TYPE = TaskType.of("text", String.class);
    private static final String TRUSTED = "javax.net.ssl.trustStore";
    private static final String TRUSTED_PASSWORD = "javax.net.ssl.trustStorePassword";

    @TempDir
    static Path folder;

    private static RedisProcess server;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        makeCertificate();
        port = RedisProcess.freePort();
        server = RedisProcess.server(
                "--tls-port",
                Integer.toString(port),
                "--tls-cert-file",
                folder.resolve("cert.pem").toString(),
                "--tls-key-file",
                folder.resolve("key.pem").toString(),
                "--tls-ca-cert-file",
                folder.resolve("cert.pem").toString(),
                "--tls-auth-clients",
                "no",
                "--user",
                "errand",
                "on",
                ">s3cret",
                "~asynq:*",
                "&asynq:*",
                "+@read",
                "+@write",
                "+@scripting",
                "+@connection",
                "+@pubsub",
                "+@blocking",
                "+info",
                "+time");
    }

    private static void makeCertificate() throws IOException, InterruptedException, GeneralSecurityException {
        Path log = folder.resolve("openssl.log");
        Process openssl;
        try {
            openssl = new ProcessBuilder(
                            "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost"
                                    .split(" "))
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            Assumptions.abort("there is no openssl to make a certificate with: " + e.getMessage());
            return;
        }
        assertThat(openssl.waitFor()).as(Files.readString(log)).isZero();
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(folder.resolve("cert.pem"));
                OutputStream out = Files.newOutputStream(folder.resolve("trusted.p12"))) {
            trusted.setCertificateEntry(
                    "redis", CertificateFactory.getInstance("X.509").generateCertificate(in));
            trusted.store(out, "changeit".toCharArray());
        }
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @AfterEach
    void forget() {
        System.clearProperty(TRUSTED);
        System.clearProperty(TRUSTED_PASSWORD);
    }

    private static void trust() {
        System.setProperty(TRUSTED, folder.resolve("trusted.p12").toString());
        System.setProperty(TRUSTED_PASSWORD, "changeit");
    }

    @Test
    void aTrustedCertificateAndTheDocumentedRightsAreEnough() {
        trust();
        runsATask("rediss://errand:s3cret@localhost:" + port + "?timeout=30s");
    }

    @Test
    void anUnknownCertificateIsRefusedUnlessItIsNotToBeChecked() {
        String url = "rediss://errand:s3cret@localhost:" + port;
        assertThatThrownBy(() -> Errand.connect(url))
                .isInstanceOf(ErrandException.class)
                .hasMessageContaining("localhost:" + port)
                .hasMessageNotContaining("s3cret");
        runsATask(url + "?verify=false&timeout=30s");
    }

    @Test
    void aCertificateForAnotherHostIsRefused() {
        trust();
        assertThatThrownBy(() -> Errand.connect("rediss://errand:s3cret@127.0.0.1:" + port))
                .isInstanceOf(ErrandException.class);
    }

    private static void runsATask(String url) {
        List<String> ran = new CopyOnWriteArrayList<>();
        try (Errand errand = Errand.connect(url);
                Worker worker = errand.worker()
                        .handle(TYPE, (payload, task) -> ran.add(payload))
                        .start()) {
            errand.enqueue(TYPE, "secret");
            Await.until("it runs", () -> ran.contains("secret"));
            worker.close();
        }
    }
}
