package dev.errand.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.errand.Errand;
import dev.errand.Retry;
import dev.errand.TaskType;
import dev.errand.Worker;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real Prometheus scrapes a live worker and knows what it did. */
class RealPrometheusIT {
    private static final TaskType<String> MAIL = TaskType.of("mail.confirm", String.class)
            .queue("mail")
            .retry(Retry.fixed(Duration.ofMillis(1)).maxAttempts(2));
    private static final int GOOD = 137;
    private static final int BAD = 5;

    @TempDir
    private Path folder;

    private static Path program(String name) {
        var found = PrometheusProcess.program(name);
        assumeTrue(
                found.isPresent(),
                () -> name
                        + " is not on this machine; ./verify fetches it on Debian, or install the package prometheus");
        return found.orElseThrow();
    }

    private static String scrape(String target, String accept) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + target + "/metrics"))
                    .header("Accept", accept)
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    @Test
    void itKnowsHowManyTasksRan() throws Exception {
        Path prometheus = program("prometheus");
        Path promtool = program("promtool");
        PrometheusEndpoint endpoint = PrometheusEndpoint.at(
                "127.0.0.1:0",
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                o -> o.pollEvery(Duration.ofMillis(100)));
        CountDownLatch runs = new CountDownLatch(GOOD + 2 * BAD);
        try (Errand errand = Errand.connect("memory:", c -> c.listener(endpoint));
                Worker worker = errand.worker()
                        .name("clerk")
                        .concurrency(8)
                        .handle(MAIL, (what, task) -> {
                            runs.countDown();
                            if (what.equals("bad")) {
                                throw new IllegalStateException("bad");
                            }
                        })
                        .start()) {
            String target = "127.0.0.1:" + endpoint.address().getPort();
            try (PrometheusProcess server = PrometheusProcess.start(prometheus, folder, target)) {
                awaitValue(server, "up{job=\"mail\"}", 1);
                errand.enqueueAll(MAIL, Collections.nCopies(GOOD, "good"));
                errand.enqueueAll(MAIL, Collections.nCopies(BAD, "bad"));
                assertThat(runs.await(60, TimeUnit.SECONDS)).isTrue();
                String mail = "type=\"mail.confirm\",queue=\"mail\"";
                awaitValue(server, "errand_tasks_ended_total{" + mail + ",outcome=\"completed\"}", GOOD);
                awaitValue(server, "errand_tasks_ended_total{" + mail + ",outcome=\"retry\"}", BAD);
                awaitValue(server, "errand_tasks_dead_total{" + mail + ",cause=\"exhausted\"}", BAD);
                awaitValue(server, "errand_tasks_enqueued_total{" + mail + ",result=\"stored\"}", GOOD + BAD);
                awaitValue(server, "errand_tasks_run_seconds_count{" + mail + ",outcome=\"completed\"}", GOOD);
                awaitValue(server, "errand_tasks_wait_seconds_bucket{" + mail + ",le=\"+Inf\"}", GOOD + 2 * BAD);
                awaitValue(server, "errand_queue_tasks{queue=\"mail\",state=\"dead\"}", BAD);
                awaitValue(server, "errand_queue_depth{queue=\"mail\"}", 0);
                awaitValue(server, "errand_worker_free{worker=\"clerk\"}", 8);
                awaitValue(server, "errand_broker_up", 1);
                awaitValue(server, "errand_listeners_missed_total", 0);
                assertThat(worker.load().running()).isZero();
            }
            assertThat(PrometheusProcess.check(promtool, scrape(target, "text/plain")))
                    .as("promtool has nothing to say")
                    .isEmpty();
        }
    }

    private static void awaitValue(PrometheusProcess server, String query, double value) {
        Eventually.doing(
                query + " is " + value + ", not " + server.query(query),
                () -> server.query(query).map(now -> now == value).orElse(false),
                () -> {});
    }
}
