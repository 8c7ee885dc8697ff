package dev.errand.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.Errand;
import dev.errand.Worker;
import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerProvider;
import dev.errand.broker.BrokerUrl;
import dev.errand.time.Time;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The services on a broker that can do nothing beyond the core level. */
class CoreLevelTest {
    private static final OrderPlaced ORDER = new OrderPlaced("o-1", "customer-1@example.org", "tea", 2);

    private final Time time = Time.system();
    private final AuditLog audit = new AuditLog();
    private Broker broker;
    private Errand errand;
    private OrderDesk desk;

    @TempDir
    Path folder;

    @BeforeEach
    void start() {
        BrokerUrl url = BrokerUrl.parse("memory:");
        broker = new CoreLevelBroker(
                BrokerProvider.of(url).open(url, new BrokerContext(time, new java.security.SecureRandom(), 3)));
        errand = Errand.over(broker, c -> {});
        desk = new OrderDesk(errand, audit);
    }

    @AfterEach
    void stop() {
        audit.close();
        errand.close();
        broker.close();
        time.close();
    }

    @Test
    void anOrderIsTakenItsMailSentAndEverybodyTold() throws Exception {
        OrderBook stock = new OrderBook(folder.resolve("stock"));
        OrderBook sales = new OrderBook(folder.resolve("sales"));
        CountDownLatch sent = new CountDownLatch(1);
        Worker mail;
        try (Worker books = StockService.worker(errand, stock, sales)) {
            mail = errand.worker()
                    .handle(Terms.on(errand.profile()).confirm(), (order, task) -> sent.countDown())
                    .start();
            assertThat(desk.place(ORDER).repeated()).isFalse();
            assertThat(sent.await(20, TimeUnit.SECONDS)).isTrue();
            mail.close();
            while (!stock.orders().contains("o-1") || !sales.orders().contains("o-1")) {
                assertThat(books.id()).isNotBlank();
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aRepeatedOrderIsTakenWithoutALookAtTheFirst() throws Exception {
        desk.place(ORDER);
        assertThat(desk.place(ORDER).order()).isEqualTo(ORDER);
    }

    @Test
    void anOrderCannotBeLookedUp() {
        assertThatThrownBy(() -> desk.find(new OrderId("o-1")))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("the broker core, which cannot look up")
                .extracting(problem -> ((Problem) problem).status())
                .isEqualTo(501);
    }

    @Test
    void whoStartsAServiceIsToldWhatIsMissing() {
        assertThat(Terms.on(errand.profile()).note())
                .contains(
                        "On core an order that is placed twice may be confirmed twice; mails that were sent are not kept;"
                                + " orders cannot be looked up");
        try (Errand full = Errand.connect("memory:")) {
            Terms terms = Terms.on(full.profile());
            assertThat(terms.note()).isEmpty();
            assertThat(terms.confirm().spec().requires()).isNotEmpty();
        }
    }
}
