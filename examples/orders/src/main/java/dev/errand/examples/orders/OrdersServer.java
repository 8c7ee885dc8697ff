package dev.errand.examples.orders;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.errand.BrokerClosedException;
import dev.errand.BrokerUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The order service's HTTP side, on the loopback interface: {@code POST /orders}, {@code GET /orders/{id}}, {@code GET
 * /health}. A virtual thread for each request.
 */
final class OrdersServer implements AutoCloseable {
    static final int MAX_BODY = 16 * 1024;

    private static final Logger log = LoggerFactory.getLogger(OrdersServer.class);
    private static final String ORDERS = "/orders";

    private final OrderDesk desk;
    private final HttpServer http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Serves from now on; port 0: a free one. */
    OrdersServer(OrderDesk desk, int port) throws IOException {
        this.desk = desk;
        this.http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 512);
        http.setExecutor(threads);
        http.createContext("/", this::serve);
        http.start();
    }

    URI url() {
        return URI.create("http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":"
                + http.getAddress().getPort());
    }

    private record Answer(int status, ObjectNode body, String headerName, String headerValue) {
        static Answer of(int status, ObjectNode body) {
            return new Answer(status, body, "Cache-Control", "no-store");
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers headers = exchange.getResponseHeaders();
            try {
                Answer answer = route(exchange);
                headers.set("Content-Type", "application/json");
                headers.set(answer.headerName(), answer.headerValue());
                send(exchange, answer.status(), answer.body());
            } catch (Problem problem) {
                headers.set("Content-Type", "application/problem+json");
                problem.headers().forEach(headers::set);
                send(exchange, problem.status(), problem.json());
            }
        }
    }

    private Answer route(HttpExchange exchange) throws Problem, IOException {
        String path = exchange.getRequestURI().getPath();
        try {
            if (path.equals(ORDERS)) {
                allow(exchange, "POST");
                return post(exchange);
            }
            if (path.startsWith(ORDERS + "/")) {
                allow(exchange, "GET", "HEAD");
                return get(path.substring(ORDERS.length() + 1));
            }
            if (path.equals("/health")) {
                allow(exchange, "GET", "HEAD");
                return health();
            }
        } catch (BrokerUnavailableException | BrokerClosedException e) {
            log.warn("The broker is out of reach: {}", e.getMessage());
            throw Problem.of(
                    503, "The order was not stored, or cannot be looked up, now; try again soon", "Retry-After", "1");
        } catch (RuntimeException e) {
            log.error("{} {} failed", exchange.getRequestMethod(), path, e);
            throw Problem.of(500, "The request failed; the log of the order service says why");
        }
        throw Problem.of(404, "There is nothing at this path; there are /orders, /orders/{id} and /health");
    }

    private static void allow(HttpExchange exchange, String... methods) throws Problem {
        for (String method : methods) {
            if (exchange.getRequestMethod().equals(method)) {
                return;
            }
        }
        String allowed = String.join(", ", methods);
        throw Problem.of(405, "Only " + allowed + " is possible here", "Allow", allowed);
    }

    private Answer post(HttpExchange exchange) throws Problem, IOException {
        Headers headers = exchange.getRequestHeaders();
        String type = Optional.ofNullable(headers.getFirst("Content-Type")).orElse("");
        if (!type.toLowerCase(Locale.ROOT).replaceFirst(";.*", "").strip().equals("application/json")) {
            throw Problem.of(
                    415, "Send the order as JSON, with Content-Type: application/json", "Accept", "application/json");
        }
        OrderPlaced order =
                OrderRequest.parse(body(exchange), Optional.ofNullable(headers.getFirst("Idempotency-Key")));
        OrderDesk.Placed placed = desk.place(order);
        OrderId id = new OrderId(order.orderId());
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("orderId", id.value())
                .put("taskId", id.confirmation().value())
                .put("repeated", placed.repeated());
        return new Answer(202, body, "Location", ORDERS + "/" + id.value());
    }

    private static byte[] body(HttpExchange exchange) throws Problem, IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
        if (body.length > MAX_BODY) {
            throw Problem.of(413, "An order has at most " + MAX_BODY + " bytes", "Connection", "close");
        }
        return body;
    }

    private Answer get(String id) throws Problem {
        Optional<OrderId> named = OrderId.parse(id);
        OrderDesk.Shown shown = (named.isPresent() ? desk.find(named.get()) : Optional.<OrderDesk.Shown>empty())
                .orElseThrow(
                        () -> Problem.of(404, "There is no such order, or its mail was sent and is no longer kept"));
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("orderId", shown.order().orderId())
                .put("email", shown.order().email())
                .put("item", shown.order().item())
                .put("quantity", shown.order().quantity())
                .put("placedAt", shown.task().envelope().created().toString())
                .put("taskId", shown.task().id().value());
        body.set("mail", MailStatus.of(shown.task()).json());
        return Answer.of(200, body);
    }

    private Answer health() {
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("status", "up")
                .put("broker", desk.broker())
                .put("mailsReady", desk.ready());
        return Answer.of(200, body);
    }

    private static void send(HttpExchange exchange, int status, ObjectNode body) throws IOException {
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** Refuses new requests, gives the running ones two seconds, and ends. */
    @Override
    public void close() {
        http.stop(2);
        threads.close();
    }
}
