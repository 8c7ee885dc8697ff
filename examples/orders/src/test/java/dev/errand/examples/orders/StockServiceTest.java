package dev.errand.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.Errand;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.Worker;
import dev.errand.broker.Subscription;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One event, two subscriptions: the order desk and the stock service in one process. */
class StockServiceTest {
    private static final OrderPlaced ORDER = new OrderPlaced("o-1", "customer-1@example.org", "tea, green", 2);

    @TempDir
    Path folder;

    private static TaskInfo ended(Errand errand, String subscription) throws Exception {
        TaskId copy = Subscription.copyId(new OrderId("o-1").event(), subscription);
        return errand.tasks().awaitEnd(copy, Duration.ofSeconds(20)).orElseThrow();
    }

    @Test
    void anOrderIsReservedAndCountedOnceHoweverOftenItIsPlaced() throws Exception {
        OrderBook stock = new OrderBook(folder.resolve("stock"));
        OrderBook sales = new OrderBook(folder.resolve("sales"));
        try (Errand errand = Errand.connect("memory:");
                AuditLog audit = new AuditLog();
                Worker worker = StockService.worker(errand, stock, sales)) {
            OrderDesk desk = new OrderDesk(errand, audit);
            assertThat(desk.place(ORDER).repeated()).isFalse();
            assertThat(desk.place(ORDER).repeated()).isTrue();
            for (String subscription : new String[] {StockService.STOCK, StockService.SALES}) {
                assertThat(ended(errand, subscription).state()).isEqualTo(TaskState.COMPLETED);
            }
            assertThat(worker.id()).isNotBlank();
            assertThat(stock.orders()).containsExactly("o-1");
            assertThat(sales.orders()).containsExactly("o-1");
            assertThat(folder.resolve("stock").resolve("o-1")).content().isEqualTo("2 tea, green\n");
            assertThat(stock.note(ORDER)).as("noted already").isFalse();
        }
    }

    @Test
    void oneSubscriptionsTroubleIsNotTheOthers() throws Exception {
        OrderBook stock = new OrderBook(folder.resolve("stock"));
        OrderBook sales = new OrderBook(folder.resolve("sales"));
        Files.delete(folder.resolve("stock"));
        try (Errand errand = Errand.connect("memory:");
                AuditLog audit = new AuditLog();
                Worker worker = StockService.worker(errand, stock, sales)) {
            assertThat(worker.id()).isNotBlank();
            new OrderDesk(errand, audit).place(ORDER);
            assertThat(ended(errand, StockService.SALES).state()).isEqualTo(TaskState.COMPLETED);
            assertThat(errand.tasks()
                            .find(Subscription.copyId(new OrderId("o-1").event(), StockService.STOCK))
                            .orElseThrow()
                            .state()
                            .ended())
                    .isFalse();
        }
    }

    @Test
    void withoutASubscriberAnOrderIsPlacedAllTheSame() throws Exception {
        try (Errand errand = Errand.connect("memory:");
                AuditLog audit = new AuditLog()) {
            assertThat(new OrderDesk(errand, audit).place(ORDER).repeated()).isFalse();
            assertThat(errand.events().subscriptions()).isEmpty();
        }
    }
}
