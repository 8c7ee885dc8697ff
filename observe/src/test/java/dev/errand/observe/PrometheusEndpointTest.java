package dev.errand.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.BrokerUnavailableException;
import dev.errand.ConfigurationException;
import dev.errand.Errand;
import dev.errand.Health;
import dev.errand.TaskType;
import dev.errand.Worker;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the address answers. */
class PrometheusEndpointTest {
    private static final TaskType<String> WORK = TaskType.of("work", String.class);

    private final HttpClient http = HttpClient.newHttpClient();
    private final PrometheusEndpoint endpoint = PrometheusEndpoint.at(
            "127.0.0.1:0",
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            o -> o.pollEvery(Duration.ofMillis(100)));
    private final Errand errand = Errand.connect("memory:", c -> c.listener(endpoint));

    @AfterEach
    void close() {
        errand.close();
        http.close();
    }

    private HttpResponse<String> ask(String method, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path))
                .timeout(Duration.ofMinutes(1))
                .method(method, HttpRequest.BodyPublishers.noBody());
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(path + " did not answer", e);
        }
    }

    @Test
    void metricsComeAsTheClientAccepts() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        errand.enqueue(WORK, "x");
        try (Worker worker =
                errand.worker().handle(WORK, (p, t) -> ran.countDown()).start()) {
            assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
            Eventually.that(
                    "it is counted",
                    () -> ask("GET", "/metrics")
                            .body()
                            .contains(
                                    "errand_tasks_ended_total{outcome=\"completed\",queue=\"default\",type=\"work\"} 1"));
            assertThat(worker.id()).isNotEmpty();
        }
        HttpResponse<String> text = ask("GET", "/metrics");
        assertThat(text.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain; version=0.0.4");
        assertThat(text.body()).contains("errand_tasks_run_seconds_bucket{", "# HELP errand_broker_up ");
        HttpResponse<String> open =
                ask("GET", "/metrics", "Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
        assertThat(open.headers().firstValue("Content-Type").orElse("")).startsWith("application/openmetrics-text");
        assertThat(open.body()).endsWith("# EOF\n");
    }

    @Test
    void onlyItsPagesAreThereAndOnlyForReading() {
        assertThat(ask("GET", "/").statusCode()).isEqualTo(404);
        assertThat(ask("GET", "/metrics/../secret").statusCode()).isEqualTo(404);
        assertThat(ask("GET", "/").body()).isEqualTo("There are only /livez, /metrics, /readyz\n");
        HttpResponse<String> post = ask("POST", "/metrics");
        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
        HttpResponse<String> head = ask("HEAD", "/livez");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(3);
    }

    @Test
    void aWorkingWorkerIsLiveAndReadyAndAStoppingOneIsNotReady() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Eventually.that("a client is ready", () -> ask("GET", "/readyz").statusCode() == 200);
        Worker worker = errand.worker()
                .name("clerk")
                .handle(WORK, (p, t) -> {
                    running.countDown();
                    go.await();
                })
                .start();
        errand.enqueue(WORK, "x");
        assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(ask("GET", "/livez").body()).isEqualTo("ok\nworker clerk: RUNNING\n");
        assertThat(ask("GET", "/readyz").body()).isEqualTo("ok\nworker clerk: RUNNING\n");
        Thread stopper = Thread.ofPlatform().start(worker::close);
        Eventually.that("it stops", () -> worker.health().state() == Health.State.STOPPING);
        assertThat(ask("GET", "/livez").statusCode()).isEqualTo(200);
        assertThat(ask("GET", "/readyz").statusCode()).isEqualTo(503);
        assertThat(ask("GET", "/readyz").body()).isEqualTo("not ok\nworker clerk: STOPPING\n");
        go.countDown();
        stopper.join();
        assertThat(ask("GET", "/livez").statusCode()).isEqualTo(200);
        assertThat(ask("GET", "/readyz").body()).isEqualTo("not ok\nthe workers have stopped\n");
    }

    @Test
    void aTakenAddressIsSaidWithTheRemedy() {
        String taken = "127.0.0.1:" + endpoint.address().getPort();
        assertThatThrownBy(() -> Errand.connect("memory:", c -> c.listener(PrometheusEndpoint.at(taken))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("The address " + taken + " for metrics cannot be had: ")
                .hasMessageEndingWith("give another one, or port 0 for any free port");
        assertThat(ask("GET", "/livez").statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsNoAddressIsRefused() {
        for (String bad : List.of("", "here", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "no such host.invalid:1")) {
            assertThatThrownBy(() -> PrometheusEndpoint.at(bad))
                    .as(bad)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("such as 127.0.0.1:9464");
        }
        assertThatThrownBy(() -> PrometheusEndpoint.at(":0").address()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void afterTheClientsEndThePortIsFree() throws Exception {
        InetSocketAddress address = endpoint.address();
        errand.close();
        assertThatThrownBy(() -> connect(address)).isInstanceOf(IOException.class);
        assertThatThrownBy(endpoint::address).isInstanceOf(IllegalStateException.class);
        try (Errand next =
                Errand.connect("memory:", c -> c.listener(PrometheusEndpoint.at("127.0.0.1:" + address.getPort())))) {
            assertThat(next.ownWorkers()).isEmpty();
        }
    }

    private static void connect(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address, 10_000);
        }
    }

    @Test
    void clientsThatSayNothingMoreDoNotKeepOthersOutForEver() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                Socket socket = new Socket();
                slow.add(socket);
                socket.connect(endpoint.address(), 10_000);
                socket.getOutputStream().write("GET /metrics HTTP/1.1\r\nHost:".getBytes(StandardCharsets.US_ASCII));
            }
            Eventually.that("it answers again", () -> answers("/livez"));
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void connectionsThatSayNothingAreBounded() throws Exception {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 260; i++) {
                Socket socket = new Socket();
                silent.add(socket);
                socket.connect(endpoint.address(), 10_000);
            }
            Socket last = silent.getLast();
            last.setSoTimeout(20_000);
            assertThat(isClosed(last)).isTrue();
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
        Eventually.that("it answers again", () -> answers("/livez"));
    }

    /** Whether the other end closes the connection, without having said anything. */
    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true; // It was reset.
        }
    }

    private boolean answers(String path) {
        try {
            return ask("GET", path).statusCode() == 200;
        } catch (AssertionError e) {
            return false;
        }
    }

    @Test
    void aPageThatFailsIsAnErrorOfItsOwn() {
        Gauge.builder("broken", () -> {
                    throw new BrokerUnavailableException("secret");
                })
                .register(endpoint.registry());
        HttpResponse<String> page = ask("GET", "/metrics");
        assertThat(page.body()).doesNotContain("secret");
        assertThat(ask("GET", "/livez").statusCode()).isEqualTo(200);
    }
}
