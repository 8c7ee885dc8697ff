package dev.errand.examples.orders;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/** A book with a page for each order, a file: noting an order again changes nothing, so a task that runs twice does no harm. */
public final class OrderBook {
    private final Path folder;

    /** Makes the folder if it is missing. */
    public OrderBook(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    /** Notes an order; false if it is noted already. */
    boolean note(OrderPlaced order) throws IOException {
        Path page = folder.resolve(OrderId.parse(order.orderId())
                .orElseThrow(() -> new IOException("the order id is not one that the order service gives"))
                .value());
        try {
            Files.writeString(
                    page,
                    order.quantity() + " " + order.item() + "\n",
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /** The ids of all orders that are noted. */
    public Set<String> orders() throws IOException {
        Set<String> ids = new HashSet<>();
        try (Stream<Path> pages = Files.list(folder)) {
            pages.forEach(page -> ids.add(page.getFileName().toString()));
        } catch (NoSuchFileException e) {
            return ids;
        }
        return ids;
    }
}
