package dev.errand.rabbitmq;

import com.rabbitmq.client.Address;
import dev.errand.ConfigurationException;
import dev.errand.broker.BrokerUrl;
import dev.errand.broker.Durability;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the URL says.
 *
 * @param shown the URL without secrets, for messages
 * @param hosts tried in a random order
 * @param user for the login
 * @param password for the login
 * @param vhost the virtual host
 * @param tls how to encrypt; null: not at all
 * @param prefix what every name at the broker begins with
 * @param delays what the names of the delay levels begin with
 * @param declares whether to declare the topology; false: only to check it
 * @param timeout the longest that a call may take
 * @param heartbeat after about twice this time without a sign of life the connection is given up, at both ends
 * @param ackTimeout how long the server lets a delivery be unacknowledged; empty: for ever
 * @param durability of what the server has confirmed
 * @param typeHeader the header that names the task type in messages of other programs; null: none
 * @param foreignType the task type of messages that name none; null: the name of their queue
 */
record RabbitOptions(
        String shown,
        List<Address> hosts,
        String user,
        String password,
        String vhost,
        @Nullable Tls tls,
        String prefix,
        String delays,
        boolean declares,
        Duration timeout,
        Duration heartbeat,
        Optional<Duration> ackTimeout,
        Durability durability,
        @Nullable String typeHeader,
        @Nullable String foreignType) {
    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
    static final Duration DEFAULT_HEARTBEAT = Duration.ofSeconds(10);
    /** The server's own default since 3.8.17. */
    static final Duration DEFAULT_ACK_TIMEOUT = Duration.ofMinutes(30);

    private static final int PORT = 5672;
    private static final int TLS_PORT = 5671;
    private static final String PREFIX = "prefix";
    private static final String DELAYS = "delays";
    private static final String TOPOLOGY = "topology";
    private static final String TIMEOUT = "timeout";
    private static final String HEARTBEAT = "heartbeat";
    private static final String ACK_TIMEOUT = "ack-timeout";
    private static final String DURABILITY = "durability";
    private static final String TYPE_HEADER = "type-header";
    private static final String FOREIGN_TYPE = "foreign-type";
    private static final TreeSet<String> KNOWN = new TreeSet<>(
            List.of(PREFIX, DELAYS, TOPOLOGY, TIMEOUT, HEARTBEAT, ACK_TIMEOUT, DURABILITY, TYPE_HEADER, FOREIGN_TYPE));
    private static final Pattern SPAN = Pattern.compile("(\\d{1,7})(ms|s|m|h)");
    private static final Pattern REST = Pattern.compile("//(?:(?<user>[^@/]*)@)?(?<hosts>[^@/]+)(?:/(?<vhost>[^/]*))?");
    private static final Pattern HOST =
            Pattern.compile("(?<host>\\[[0-9a-fA-F:.%]+]|[^:\\[\\]]+)(?::(?<port>\\d{1,5}))?");
    /** What needs no escaping in a topic exchange's key or in a permission's pattern, and leaves room for a queue's name. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]{0,49}");

    /** Reads a URL; throws {@link ConfigurationException} with the remedy if it says something else. */
    static RabbitOptions of(BrokerUrl url) {
        for (String name : url.options().keySet()) {
            if (!KNOWN.contains(name) && !Tls.OPTIONS.contains(name)) {
                throw new ConfigurationException("The broker URL " + url + " has an unknown option '" + name
                        + "'; rabbitmq knows " + String.join(", ", KNOWN) + ", and with TLS "
                        + String.join(", ", Tls.OPTIONS));
            }
        }
        Matcher rest = REST.matcher(url.rest());
        if (!rest.matches()) {
            throw new ConfigurationException("The broker URL " + url
                    + " is not of the form amqp://user:password@host:port/vhost; escape special characters as %XX");
        }
        Tls tls = Tls.of(url);
        String login = rest.group("user") == null || rest.group("user").isEmpty() ? "guest:guest" : rest.group("user");
        int colon = login.indexOf(':');
        String vhost = rest.group("vhost") == null ? "" : decode(rest.group("vhost"));
        String prefix = name(url, PREFIX, "errand");
        return new RabbitOptions(
                url.toString(),
                hosts(url, rest.group("hosts"), tls == null ? PORT : TLS_PORT),
                decode(colon < 0 ? login : login.substring(0, colon)),
                colon < 0 ? "" : decode(login.substring(colon + 1)),
                vhost.isEmpty() ? "/" : vhost,
                tls,
                prefix,
                name(url, DELAYS, prefix + ".delay"),
                choice(url, TOPOLOGY, "declare", "declare", "check").equals("declare"),
                span(url, TIMEOUT).orElse(DEFAULT_TIMEOUT),
                span(url, HEARTBEAT).orElse(DEFAULT_HEARTBEAT),
                ackTimeout(url),
                durability(url),
                url.options().get(TYPE_HEADER),
                url.options().get(FOREIGN_TYPE));
    }

    private static List<Address> hosts(BrokerUrl url, String text, int defaultPort) {
        List<Address> hosts = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            Matcher host = HOST.matcher(each);
            int port =
                    host.matches() && host.group("port") != null ? Integer.parseInt(host.group("port")) : defaultPort;
            if (!host.matches() || port < 1 || port > 65_535) {
                throw new ConfigurationException(
                        "The broker URL " + url + " has no valid host and port; write amqp://host:5672/vhost");
            }
            String name = host.group("host");
            hosts.add(new Address(name.startsWith("[") ? name.substring(1, name.length() - 1) : name, port));
        }
        return List.copyOf(hosts);
    }

    private static String name(BrokerUrl url, String option, String otherwise) {
        String value = url.options().getOrDefault(option, otherwise);
        if (!NAME.matcher(value).matches()) {
            throw new ConfigurationException("The option " + option + " is '" + value
                    + "'; give 1 to 50 letters, digits, '.', '_' and '-', the first of them no '.'");
        }
        return value;
    }

    private static String choice(BrokerUrl url, String option, String otherwise, String one, String other) {
        String value = url.options().getOrDefault(option, otherwise);
        if (!value.equals(one) && !value.equals(other)) {
            throw new ConfigurationException(
                    "The option " + option + " is '" + value + "'; give " + one + " or " + other);
        }
        return value;
    }

    private static Optional<Duration> span(BrokerUrl url, String option) {
        String value = url.options().get(option);
        if (value == null) {
            return Optional.empty();
        }
        Matcher span = SPAN.matcher(value);
        if (!span.matches() || Long.parseLong(span.group(1)) == 0) {
            throw new ConfigurationException(
                    "The option " + option + " is '" + value + "'; give a time such as 500ms, 10s, 30m or 2h");
        }
        long amount = Long.parseLong(span.group(1));
        return Optional.of(
                switch (span.group(2)) {
                    case "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    default -> Duration.ofHours(amount);
                });
    }

    private static Optional<Duration> ackTimeout(BrokerUrl url) {
        if ("none".equals(url.options().get(ACK_TIMEOUT))) {
            return Optional.empty();
        }
        return Optional.of(span(url, ACK_TIMEOUT).orElse(DEFAULT_ACK_TIMEOUT));
    }

    private static Durability durability(BrokerUrl url) {
        String value = url.options().getOrDefault(DURABILITY, "os-crash");
        return switch (value) {
            case "none" -> Durability.NONE;
            case "process-crash" -> Durability.PROCESS_CRASH;
            case "os-crash" -> Durability.OS_CRASH;
            case "node-loss" -> Durability.NODE_LOSS;
            default ->
                throw new ConfigurationException("The option durability is '" + value
                        + "'; give none, process-crash, os-crash or node-loss, or leave it out");
        };
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return shown;
    }
}
