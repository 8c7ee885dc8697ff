package dev.errand.examples.orders.demo;

import dev.errand.examples.orders.OrderBook;
import dev.errand.examples.orders.StockService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** What the two subscriptions of the stock service have noted. */
final class Subscribers {
    private final OrderBook stock;
    private final OrderBook sales;

    Subscribers(Path books) throws IOException {
        this.stock = new OrderBook(books.resolve(StockService.STOCK));
        this.sales = new OrderBook(books.resolve(StockService.SALES));
    }

    /**
     * How many orders each has noted.
     *
     * @param reserved by the one
     * @param counted by the other
     */
    record Counts(int reserved, int counted) {}

    Counts counts() throws IOException {
        return new Counts(stock.orders().size(), sales.orders().size());
    }

    /** The orders that both have noted. */
    Set<String> told() throws IOException {
        Set<String> both = stock.orders();
        both.retainAll(sales.orders());
        return both;
    }
}
