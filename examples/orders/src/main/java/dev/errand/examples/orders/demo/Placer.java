package dev.errand.examples.orders.demo;

import dev.errand.examples.orders.OrderPlaced;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.JsonNodeFactory;

/** Places orders at a steady rate, as customers do over HTTP. An order without an answer is placed again, under its id. */
final class Placer implements AutoCloseable {
    private static final int TRIES = 5;
    private static final int AT_ONCE = 32;

    private final URI url;
    private final DemoOrders orders;
    private final Ledger ledger;
    private final Happenings happenings;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final Semaphore room = new Semaphore(AT_ONCE);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http;

    Placer(URI service, DemoOrders orders, Ledger ledger, Happenings happenings) {
        this.url = service.resolve("/orders");
        this.orders = orders;
        this.ledger = ledger;
        this.happenings = happenings;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .executor(threads)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    void start(OptionalInt count, double rate) {
        threads.execute(() -> {
            try {
                long start = System.nanoTime();
                for (int n = 1; count.isEmpty() || n <= count.getAsInt(); n++) {
                    long due = start + (long) ((n - 1) * 1e9 / rate);
                    if (stop.await(due - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                        break;
                    }
                    OrderPlaced order = orders.get(n);
                    room.acquire();
                    threads.execute(() -> place(order));
                }
                // When all have ended, so have their permits come back.
                room.acquire(AT_ONCE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                done.countDown();
            }
        });
    }

    /** Whether every order has been placed, or given up. */
    boolean done() {
        return done.getCount() == 0;
    }

    private void place(OrderPlaced order) {
        try {
            String trouble = "";
            for (int i = 0; i < TRIES; i++) {
                if (i > 0 && stop.await(200L << i, TimeUnit.MILLISECONDS)) {
                    return;
                }
                trouble = post(order);
                if (trouble.isEmpty()) {
                    ledger.acknowledged(order.orderId());
                    return;
                }
            }
            happenings.add(Happenings.Kind.BAD, "order " + order.orderId() + " was not taken: " + trouble);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            room.release();
        }
    }

    /** Empty: it is acknowledged. */
    private String post(OrderPlaced order) throws InterruptedException {
        String body = JsonNodeFactory.instance
                .objectNode()
                .put("orderId", order.orderId())
                .put("email", order.email())
                .put("item", order.item())
                .put("quantity", order.quantity())
                .toString();
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == 202 ? "" : "status " + response.statusCode() + " " + response.body();
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Places no more, and gives those on their way two seconds. */
    @Override
    public void close() throws InterruptedException {
        stop.countDown();
        if (!done.await(2, TimeUnit.SECONDS)) {
            threads.shutdownNow();
        }
        http.shutdownNow();
        threads.shutdown();
    }
}
