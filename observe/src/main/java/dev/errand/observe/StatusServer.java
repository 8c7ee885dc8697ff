package dev.errand.observe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.errand.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small HTTP server for pages that are only read. At most 16 requests at once, ten seconds each, and at most 200 connections,
 * also of clients that say nothing; what comes beyond is disconnected. All its threads are daemons.
 */
final class StatusServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PrometheusEndpoint.class);
    private static final int BACKLOG = 50;
    /** The JDK's own bound, for all of its HTTP servers in this process; without it there is none. Read once, at the first one. */
    private static final String MOST_CONNECTIONS = "jdk.httpserver.maxConnections";

    private static final String CONNECTIONS = "200";

    /**
     * What a page answers.
     *
     * @param status of HTTP
     * @param contentType with its character set
     * @param body may be large
     */
    record Answer(int status, String contentType, byte[] body) {
        static Answer text(int status, String text) {
            return new Answer(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private final HttpServer server;
    private final RequestThreads threads = new RequestThreads();
    private final Map<String, Function<@Nullable String, Answer>> pages;

    private StatusServer(HttpServer server, Map<String, Function<@Nullable String, Answer>> pages) {
        this.server = server;
        this.pages = new TreeMap<>(pages);
    }

    /**
     * Begins to serve.
     *
     * @param at where
     * @param pages by path; each gets the request's {@code Accept} header
     * @throws ConfigurationException if the address cannot be had
     */
    static StatusServer start(InetSocketAddress at, Map<String, Function<@Nullable String, Answer>> pages) {
        HttpServer http;
        System.getProperties().putIfAbsent(MOST_CONNECTIONS, CONNECTIONS);
        try {
            http = HttpServer.create(at, BACKLOG);
        } catch (IOException e) {
            throw new ConfigurationException(
                    "The address " + at.getHostString() + ":" + at.getPort() + " for metrics cannot be had: "
                            + e.getMessage() + "; give another one, or port 0 for any free port",
                    e);
        }
        StatusServer status = new StatusServer(http, pages);
        http.setExecutor(status.threads);
        http.createContext("/", status::handle);
        startAsDaemon(http);
        return status;
    }

    /** The server's own thread is a daemon only if the one that starts it is. */
    private static void startAsDaemon(HttpServer http) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread starter = Thread.ofPlatform().daemon().name("errand-status").unstarted(() -> {
            try {
                http.start();
            } catch (Throwable t) {
                failure.set(t);
            }
        });
        starter.start();
        boolean interrupted = false;
        while (starter.isAlive()) {
            try {
                starter.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure.get() != null) {
            throw new IllegalStateException("the status server did not start", failure.get());
        }
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, method, Answer.text(405, "Only GET and HEAD are answered here\n"));
                return;
            }
            Function<@Nullable String, Answer> page =
                    pages.get(exchange.getRequestURI().getPath());
            send(
                    exchange,
                    method,
                    page == null
                            ? Answer.text(404, "There are only " + String.join(", ", pages.keySet()) + "\n")
                            : answer(page, exchange));
        }
    }

    private static Answer answer(Function<@Nullable String, Answer> page, HttpExchange exchange) {
        List<String> accept = exchange.getRequestHeaders().get("Accept");
        try {
            return page.apply(accept == null ? null : String.join(",", accept));
        } catch (RuntimeException | StackOverflowError e) {
            log.warn("The page {} failed", exchange.getRequestURI().getPath(), e);
            return Answer.text(500, "This page failed; the reason is in the log\n");
        }
    }

    private static void send(HttpExchange exchange, String method, Answer answer) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", answer.contentType);
        if (method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(answer.body.length));
            exchange.sendResponseHeaders(answer.status, -1);
            return;
        }
        exchange.sendResponseHeaders(answer.status, answer.body.length == 0 ? -1 : answer.body.length);
        exchange.getResponseBody().write(answer.body);
    }

    /** Renders into memory, so that a page that fails half-way is an error and not half a page. */
    static byte[] rendered(Rendering rendering) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(16 * 1024);
        try {
            rendering.to(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Writes a page. */
    interface Rendering {
        void to(ByteArrayOutputStream out) throws IOException;
    }

    /** Ends at once; the port is free again. */
    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
