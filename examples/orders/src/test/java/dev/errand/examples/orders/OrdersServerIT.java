package dev.errand.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.Errand;
import dev.errand.Retry;
import dev.errand.TaskId;
import dev.errand.TaskType;
import dev.errand.Worker;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OrdersServerIT {
    private static final String ORDER =
            "{\"orderId\":\"o-1\",\"email\":\"customer-1@example.org\",\"item\":\"tea\",\"quantity\":2}";

    private final HttpClient http = HttpClient.newHttpClient();
    private final AuditLog audit = new AuditLog();
    private Errand errand;
    private OrdersServer server;

    @BeforeEach
    void start() throws IOException {
        errand = Errand.connect("memory:");
        server = new OrdersServer(new OrderDesk(errand, audit), 0);
    }

    @AfterEach
    void stop() {
        server.close();
        audit.close();
        errand.close();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder at(String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path));
    }

    private HttpRequest.Builder post(String body) {
        return at("/orders")
                .header("Content-Type", "application/json; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    private JsonNode mail(String order) throws Exception {
        return json(send(at("/orders/" + order).GET())).path("mail");
    }

    @Test
    void anOrderIsTakenAndShown() throws Exception {
        HttpResponse<String> answer = send(post(ORDER));
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.headers().firstValue("Location")).contains("/orders/o-1");
        assertThat(answer.body()).isEqualTo("{\"orderId\":\"o-1\",\"taskId\":\"mail.confirm.o-1\",\"repeated\":false}");
        assertThat(errand.tasks().find(TaskId.of("mail.confirm.o-1"))).isPresent();

        HttpResponse<String> shown = send(at("/orders/o-1").GET());
        assertThat(shown.statusCode()).isEqualTo(200);
        assertThat(json(shown).path("email").stringValue()).isEqualTo("customer-1@example.org");
        assertThat(json(shown).path("quantity").intValue()).isEqualTo(2);
        assertThat(json(shown).path("mail").toString()).isEqualTo("{\"state\":\"waiting\"}");
    }

    @Test
    void aRepeatedOrderIsTheSameOrder() throws Exception {
        send(post(ORDER));
        HttpResponse<String> again = send(post(ORDER));
        assertThat(again.statusCode()).isEqualTo(202);
        assertThat(json(again).path("repeated").booleanValue()).isTrue();
        assertThat(errand.queues().depth("mail")).isEqualTo(1);

        HttpResponse<String> other = send(post(ORDER.replace("tea", "coffee")));
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(json(other).path("detail").stringValue()).contains("o-1").contains("choose another orderId");
    }

    @Test
    void anIdempotencyKeyMakesRepeatsTheSameOrderToo() throws Exception {
        String order = ORDER.replace("\"orderId\":\"o-1\",", "");
        String first = json(send(post(order).header("Idempotency-Key", "k 1")))
                .path("orderId")
                .stringValue();
        HttpResponse<String> again = send(post(order).header("Idempotency-Key", "k 1"));
        assertThat(json(again).path("orderId").stringValue()).isEqualTo(first);
        assertThat(json(again).path("repeated").booleanValue()).isTrue();
        assertThat(errand.queues().depth("mail")).isEqualTo(1);
    }

    @Test
    void anInvalidOrderIsRefusedAndNothingIsStored() throws Exception {
        HttpResponse<String> answer = send(post("{\"email\":\"customer-1@example.org\",\"item\":\"tea\"}"));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(json(answer).path("errors").toString())
                .isEqualTo("[{\"field\":\"quantity\",\"detail\":\"is missing\"}]");
        assertThat(errand.queues().depth("mail")).isZero();
    }

    @Test
    void aLargeBodyIsRefused() throws Exception {
        String large = ORDER.replace("tea", "x".repeat(OrdersServer.MAX_BODY));
        assertThat(send(post(large)).statusCode()).isEqualTo(413);
        // Without a length, in chunks.
        HttpRequest.BodyPublisher chunks = HttpRequest.BodyPublishers.ofInputStream(
                () -> new ByteArrayInputStream(large.getBytes(StandardCharsets.UTF_8)));
        assertThat(send(at("/orders").header("Content-Type", "application/json").POST(chunks))
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void anotherMediaTypeIsRefused() throws Exception {
        HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString(ORDER);
        assertThat(send(at("/orders").header("Content-Type", "text/plain").POST(body))
                        .statusCode())
                .isEqualTo(415);
        assertThat(send(at("/orders").POST(body)).statusCode()).isEqualTo(415);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,     /orders,      405, POST",
        "DELETE,  /orders,      405, POST",
        "POST,    /orders/o-1,  405, 'GET, HEAD'",
        "PUT,     /health,      405, 'GET, HEAD'",
        "GET,     /orders/o-1,  404,",
        "GET,     /orders/a%2Fb, 404,",
        "GET,     /orders/,     404,",
        "GET,     /,            404,"
    })
    void otherRequestsAreRefused(String method, String path, int status, String allow) throws Exception {
        HttpResponse<String> answer = send(at(path).method(method, HttpRequest.BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Allow").orElse(null)).isEqualTo(allow);
        assertThat(json(answer).path("status").intValue()).isEqualTo(status);
    }

    @Test
    void saysThatItIsUp() throws Exception {
        send(post(ORDER));
        assertThat(send(at("/health").GET()).body())
                .isEqualTo("{\"status\":\"up\",\"broker\":\"memory\",\"mailsReady\":1}");
        assertThat(send(at("/health").method("HEAD", HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void anOrderShowsHowFarItsMailIs() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        TaskType<OrderPlaced> confirm = Terms.on(errand.profile()).confirm();
        try (Worker worker = errand.worker()
                .handle(confirm.retry(Retry.fixed(Duration.ofHours(1)).never(BadAddress.class)), (order, task) -> {
                    running.countDown();
                    go.await();
                    switch (order.orderId()) {
                        case "o-busy" -> throw new IOException("451 busy");
                        case "o-bad" -> throw new BadAddress("550 no such mailbox", new IOException());
                        default -> {}
                    }
                })
                .start()) {
            assertThat(worker.id()).isNotBlank();
            send(post(ORDER));
            send(post(ORDER.replace("o-1", "o-busy")));
            send(post(ORDER.replace("o-1", "o-bad")));
            running.await();
            assertThat(mail("o-1").path("state").stringValue()).isIn("waiting", "sending");
            go.countDown();
            errand.tasks().awaitEnd(new OrderId("o-1").confirmation(), Duration.ofSeconds(20));
            errand.tasks().awaitEnd(new OrderId("o-bad").confirmation(), Duration.ofSeconds(20));
        }
        // Closed: the failed attempt is settled, too.
        assertThat(mail("o-1").path("state").stringValue()).isEqualTo("sent");
        assertThat(mail("o-bad").toString())
                .startsWith("{\"state\":\"dead\",\"reason\":\"refused: ")
                .contains("550 no such mailbox");
        assertThat(mail("o-busy").path("state").stringValue()).isEqualTo("retrying");
        assertThat(mail("o-busy").path("lastError").stringValue()).isEqualTo("451 busy");
        assertThat(mail("o-busy").path("nextAt").stringValue()).isNotBlank();
    }
}
