package dev.errand.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.BrokerUnavailableException;
import dev.errand.ConfigurationException;
import dev.errand.Errand;
import dev.errand.TaskType;
import dev.errand.contract.Await;
import dev.errand.contract.server.RabbitProcess;
import dev.errand.contract.server.RedisProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Users, virtual hosts, permissions and certificates, against a real node. */
@EnabledIf(value = "dev.errand.contract.server.RabbitProcess#isPresent", disabledReason = RabbitProcess.MISSING)
class RabbitLoginIT {
    private static final TaskType<String> NOTE =
            TaskType.of("note", String.class).queue("notes");
    private static final String STORE_PASSWORD = "changeit";

    @TempDir
    static Path folder;

    private static RabbitProcess node;
    private static int tlsPort;

    /** One user may do everything with names that begin with errand, another declares nothing. */
    @BeforeAll
    static void startNode() throws Exception {
        Path store = folder.resolve("server.p12");
        keytool(store);
        export(store);
        Path definitions = folder.resolve("definitions.json");
        Files.writeString(definitions, """
                {"users": [
                   {"name": "app", "password_hash": "%s", "tags": ""},
                   {"name": "careful", "password_hash": "%s", "tags": ""}],
                 "vhosts": [{"name": "/"}, {"name": "team/one"}],
                 "permissions": [
                   {"user": "app", "vhost": "team/one", "configure": "^errand.*", "write": "^(errand.*|amq.default)$",
                    "read": "^errand.*"},
                   {"user": "careful", "vhost": "team/one", "configure": "^$", "write": "^(errand.*|amq.default)$",
                    "read": "^errand.*"}]}
                """.formatted(hash("p@ss:word/1"), hash("careful")));
        tlsPort = RedisProcess.freePort();
        node = RabbitProcess.started(
                """
                load_definitions = %s
                listeners.ssl.1 = 127.0.0.1:%d
                ssl_options.certfile = %s
                ssl_options.keyfile = %s
                """.formatted(definitions, tlsPort, folder.resolve("cert.pem"), folder.resolve("key.pem")), "[].\n");
    }

    @AfterAll
    static void stopNode() {
        if (node != null) {
            node.close();
        }
    }

    /** As the server stores them: four bytes of salt, then the SHA-256 of these and the password. */
    private static String hash(String password) throws GeneralSecurityException {
        byte[] salt = {1, 2, 3, 4};
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(salt);
        byte[] hashed = digest.digest(password.getBytes(StandardCharsets.UTF_8));
        byte[] all = new byte[salt.length + hashed.length];
        System.arraycopy(salt, 0, all, 0, salt.length);
        System.arraycopy(hashed, 0, all, salt.length, hashed.length);
        return Base64.getEncoder().encodeToString(all);
    }

    private static String url(String user) {
        return "amqp://" + user + "@127.0.0.1:" + node.port() + "/team%2Fone";
    }

    private static void works(String url) {
        Queue<String> ran = new ConcurrentLinkedQueue<>();
        try (Errand errand = Errand.connect(url)) {
            errand.worker().handle(NOTE, (text, task) -> ran.add(text)).start();
            errand.enqueue(NOTE, "now");
            errand.enqueue(NOTE, "later", o -> o.delay(Duration.ofMillis(200)));
            Await.until("both have run", () -> ran.size() == 2);
        }
    }

    @Test
    void aUserWithRightsOnTheNamesOfThePrefixAloneOnAVirtualHostOfItsOwn() {
        works(url("app:p%40ss%3Aword%2F1"));
    }

    @Test
    void aWrongPasswordIsNamedAndNotShown() {
        assertThatThrownBy(() -> Errand.connect(url("app:wrong-secret")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("login")
                .hasMessageNotContaining("wrong-secret");
    }

    @Test
    void aVirtualHostWithoutRightsIsNamed() {
        assertThatThrownBy(() -> Errand.connect("amqp://app:p%40ss%3Aword%2F1@127.0.0.1:" + node.port() + "/"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("virtual host '/'");
    }

    @Test
    void aNameOutsideThePermissionsIsRefusedWithTheRemedy() {
        assertThatThrownBy(() -> Errand.connect(url("app:p%40ss%3Aword%2F1") + "?prefix=other"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("permissions");
    }

    @Test
    void whoMayDeclareNothingWorksOnWhatIsDeclared() {
        assertThatThrownBy(() -> Errand.connect(url("careful:careful") + "?prefix=errand2"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("permissions");
        works(url("app:p%40ss%3Aword%2F1") + "?prefix=errand3");
        works(url("careful:careful") + "?prefix=errand3&topology=check");
    }

    @Test
    void aCertificateThatIsTrusted() {
        String store = "truststore=" + folder.resolve("server.p12") + "&truststore-password=" + STORE_PASSWORD;
        String url = "amqps://app:p%40ss%3Aword%2F1@localhost:" + tlsPort + "/team%2Fone";
        works(url + "?" + store);
        works(url + "?verify=false");
        assertThatThrownBy(() -> Errand.connect(url))
                .as("the JVM does not know who signed it")
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageContaining("certificat");
        assertThatThrownBy(() -> Errand.connect(url.replace("localhost", "127.0.0.2") + "?" + store))
                .as("it is not for that name")
                .isInstanceOf(BrokerUnavailableException.class);
        assertThatThrownBy(() -> Errand.connect(url + "?" + store + "x"))
                .as("a wrong password of the store")
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("PKCS#12");
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
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        STORE_PASSWORD)
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
    }

    /** What the server is, the client trusts. */
    private static void export(Path store) throws IOException, GeneralSecurityException {
        char[] password = STORE_PASSWORD.toCharArray();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, password);
        }
        keys.setCertificateEntry("trusted", keys.getCertificate("server"));
        Files.writeString(
                folder.resolve("cert.pem"),
                pem("CERTIFICATE", keys.getCertificate("server").getEncoded()));
        Files.writeString(
                folder.resolve("key.pem"),
                pem("PRIVATE KEY", keys.getKey("server", password).getEncoded()));
        try (var out = Files.newOutputStream(store)) {
            keys.store(out, password);
        }
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + what + "-----\n";
    }
}
