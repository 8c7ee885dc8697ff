package dev.errand.bench.broker;

import dev.errand.ConfigurationException;
import dev.errand.broker.BrokerUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the measurements know of one kind of broker: where to put one, and its bare counterpart. A new broker joins by a class
 * that implements this, in the list {@link #ALL}.
 */
public interface BrokerKind {
    /** Every kind that can be measured. */
    List<BrokerKind> ALL =
            List.of(new SqliteKind(), new RedisKind(), new NatsKind(), new RabbitKind(), new MemoryKind());

    /** Its name on the command line, as a rule also its URL scheme. */
    String scheme();

    /**
     * A fresh broker of this kind.
     *
     * @param scratch an empty folder for its files, which somebody else removes
     */
    Site fresh(Path scratch) throws IOException;

    /** The broker at {@code url}, which is left there; its bare counterpart is put beside it and removed. */
    Site at(BrokerUrl url, String text, Path scratch) throws IOException;

    /** For people: {@code SQLite}. */
    String title();

    /** Whether storing waits for a commit. */
    boolean commits();

    /** What bounds the figures, in Markdown. */
    String bounds();

    /**
     * The kind that the command line means by {@code broker}: its name, or a URL.
     *
     * @throws ConfigurationException if there is no such kind
     */
    static BrokerKind of(String broker) {
        String scheme = broker.contains(":") ? BrokerUrl.parse(broker).scheme() : broker;
        // A protocol that is not called as its server is.
        String name = scheme.equals("amqp") || scheme.equals("amqps") ? "rabbitmq" : scheme;
        return ALL.stream()
                .filter(kind -> kind.scheme().equals(name))
                .findFirst()
                .orElseThrow(() -> new ConfigurationException("There is no broker '" + scheme + "' to measure; give "
                        + ALL.stream().map(BrokerKind::scheme).collect(Collectors.joining(", "))
                        + ", or a broker URL"));
    }

    /** The site that the command line means by {@code broker}: a kind's name for a fresh one, or a URL. */
    static Site site(String broker, Path scratch) throws IOException {
        return broker.contains(":")
                ? of(broker).at(BrokerUrl.parse(broker), broker, scratch)
                : of(broker).fresh(scratch);
    }
}
