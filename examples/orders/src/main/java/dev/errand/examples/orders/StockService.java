package dev.errand.examples.orders;

import dev.errand.Errand;
import dev.errand.EventType;
import dev.errand.Worker;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The stock service's process. It hears of orders by the event {@link Orders#PLACED}, for two subscriptions, each of which gets
 * every order once and has its own retries: one reserves what was ordered, the other counts what is sold.
 */
@Command(name = "stock", description = "Reserves what was ordered, and counts what is sold.")
public final class StockService implements Callable<Integer> {
    /** Reserves. */
    public static final String STOCK = "stock";

    /** Counts. */
    public static final String SALES = "sales";

    @Option(
            names = "--broker",
            defaultValue = "${env:ORDERS_BROKER:-sqlite:orders.db}",
            description = "URL of the broker; sqlite:orders.db by default, or what ORDERS_BROKER says")
    private String broker = "";

    @Option(names = "--books", defaultValue = "books", description = "folder of the books; ${DEFAULT-VALUE}")
    private Path books = Path.of("books");

    @Option(names = "--with-parent", description = "also stop when standard input ends")
    private boolean withParent;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this")
    boolean help;

    /** Runs until it is stopped. */
    public static void main(String[] args) {
        System.exit(Service.run(new StockService(), args));
    }

    @Override
    public Integer call() throws Exception {
        OrderBook stock = new OrderBook(books.resolve(STOCK));
        OrderBook sales = new OrderBook(books.resolve(SALES));
        try (Errand errand = Errand.connect(broker)) {
            Service.runUntilStopped(books.toString(), withParent, worker(errand, stock, sales), errand);
        }
        return 0;
    }

    static Worker worker(Errand errand, OrderBook stock, OrderBook sales) {
        EventType<OrderPlaced> placed = Terms.on(errand.profile()).placed();
        return errand.worker()
                .name("stock")
                .subscribe(placed, STOCK, (order, task) -> stock.note(order))
                .subscribe(placed, SALES, (order, task) -> sales.note(order))
                .start();
    }
}
