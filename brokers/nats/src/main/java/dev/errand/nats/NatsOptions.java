package dev.errand.nats;

import dev.errand.ConfigurationException;
import dev.errand.broker.BrokerUrl;
import dev.errand.broker.Durability;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the URL says.
 *
 * @param servers each with scheme, host and port; nothing secret
 * @param login who we are
 * @param tls how the connection is protected; null: not at all
 * @param prefix of the names of all subjects and streams
 * @param domain of JetStream; null: the server's own
 * @param lease how soon the tasks of a dead worker run again
 * @param timeout the longest that a call may take
 * @param duplicates for how long the server recognises a repeated message
 * @param replicas of each stream
 * @param declare whether missing streams and consumers are made
 * @param foreignType the task type of messages that name none; null: their subject says it
 * @param durability what the administrator vouches for; null: what holds of every server
 */
record NatsOptions(
        List<String> servers,
        Login login,
        @Nullable Tls tls,
        String prefix,
        @Nullable String domain,
        Duration lease,
        Duration timeout,
        Duration duplicates,
        int replicas,
        boolean declare,
        @Nullable String foreignType,
        @Nullable Durability durability) {

    /** Who we are; at most one way of saying so. */
    record Login(
            @Nullable String user,
            @Nullable String password,
            @Nullable String token,
            @Nullable Path credentials) {
        /** Hides what is secret. */
        @Override
        public String toString() {
            return "Login[…]";
        }
    }

    /**
     * How the connection is protected.
     *
     * @param trust the certificates that are trusted, as PKCS#12; null: the JVM's own
     * @param keys our own certificate and key, as PKCS#12; null: none
     */
    record Tls(
            @Nullable Path trust,
            @Nullable String trustPassword,
            @Nullable Path keys,
            @Nullable String keysPassword) {
        /** Hides what is secret. */
        @Override
        public String toString() {
            return "Tls[…]";
        }
    }

    static final Duration DEFAULT_LEASE = Duration.ofSeconds(10);
    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    static final Duration DEFAULT_DUPLICATES = Duration.ofMinutes(2);
    static final String DEFAULT_PREFIX = "errand";

    private static final int PORT = 4222;
    private static final TreeSet<String> KNOWN = new TreeSet<>(List.of(
            "creds",
            "declare",
            "domain",
            "duplicates",
            "durability",
            "foreign-type",
            "keystore",
            "keystore-password",
            "lease",
            "prefix",
            "replicas",
            "timeout",
            "token",
            "truststore",
            "truststore-password"));
    private static final Pattern SPAN = Pattern.compile("(\\d{1,7})(ms|s|m)");
    private static final Pattern REST = Pattern.compile("//(?:(?<user>[^@/]*)@)?(?<hosts>[^@/]+)/?");
    private static final Pattern HOST =
            Pattern.compile("(?<host>\\[[0-9a-fA-F:.%]+]|[^:\\[\\]]+)(?::(?<port>\\d{1,5}))?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");

    /** Reads a URL; throws {@link ConfigurationException} with the remedy if it says something else. */
    static NatsOptions of(BrokerUrl url) {
        Map<String, String> options = url.options();
        for (String name : options.keySet()) {
            if (!KNOWN.contains(name)) {
                throw new ConfigurationException("The broker URL " + url + " has an unknown option '" + name
                        + "'; nats knows " + String.join(", ", KNOWN));
            }
        }
        Matcher rest = REST.matcher(url.rest());
        if (!rest.matches()) {
            throw new ConfigurationException("The broker URL " + url
                    + " is not of the form nats://user:password@host:port; escape special characters as %XX");
        }
        Duration lease = span(options, "lease", DEFAULT_LEASE);
        if (lease.compareTo(Duration.ofSeconds(1)) < 0 || lease.compareTo(Duration.ofHours(1)) > 0) {
            throw new ConfigurationException("The option lease is " + lease + "; give 1s to 60m");
        }
        return new NatsOptions(
                servers(url, rest.group("hosts")),
                login(rest.group("user"), options),
                tls(url, options),
                name(options, "prefix", DEFAULT_PREFIX),
                options.containsKey("domain") ? name(options, "domain", "") : null,
                lease,
                span(options, "timeout", DEFAULT_TIMEOUT),
                span(options, "duplicates", DEFAULT_DUPLICATES),
                replicas(options.get("replicas")),
                yes(options.get("declare")),
                options.get("foreign-type"),
                durability(options.get("durability")));
    }

    private static List<String> servers(BrokerUrl url, String hosts) {
        List<String> servers = new ArrayList<>();
        for (String each : hosts.split(",", -1)) {
            Matcher host = HOST.matcher(each);
            int port = !host.matches() ? 0 : host.group("port") == null ? PORT : Integer.parseInt(host.group("port"));
            if (port < 1 || port > 65_535) {
                throw new ConfigurationException(
                        "The broker URL " + url + " has no valid host and port; write nats://host:4222");
            }
            servers.add(url.scheme() + "://" + host.group("host") + ":" + port);
        }
        return List.copyOf(servers);
    }

    private static Login login(@Nullable String user, Map<String, String> options) {
        String creds = options.get("creds");
        String token = options.get("token");
        int ways = (user == null || user.isEmpty() ? 0 : 1) + (creds == null ? 0 : 1) + (token == null ? 0 : 1);
        if (ways > 1) {
            throw new ConfigurationException(
                    "The broker URL has more than one of user, token and creds; leave the others out");
        }
        if (user == null || user.isEmpty()) {
            return new Login(null, null, token, creds == null ? null : Path.of(creds));
        }
        int colon = user.indexOf(':');
        // Like NATS' own clients: a name alone is a token.
        return colon < 0
                ? new Login(null, null, decode(user), null)
                : new Login(decode(user.substring(0, colon)), decode(user.substring(colon + 1)), null, null);
    }

    private static @Nullable Tls tls(BrokerUrl url, Map<String, String> options) {
        String trust = options.get("truststore");
        String keys = options.get("keystore");
        if (!url.scheme().equals("tls")) {
            if (trust != null || keys != null) {
                throw new ConfigurationException("The broker URL " + url
                        + " names a key or trust store but no TLS; begin it with tls:// instead of nats://");
            }
            return null;
        }
        return new Tls(
                trust == null ? null : Path.of(trust),
                options.get("truststore-password"),
                keys == null ? null : Path.of(keys),
                options.get("keystore-password"));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String name(Map<String, String> options, String option, String otherwise) {
        String value = options.getOrDefault(option, otherwise);
        if (!NAME.matcher(value).matches()) {
            throw new ConfigurationException("The option " + option + " is '" + value
                    + "'; give 1 to 32 letters, digits, hyphens and underscores");
        }
        return value;
    }

    private static Duration span(Map<String, String> options, String option, Duration otherwise) {
        String value = options.get(option);
        if (value == null) {
            return otherwise;
        }
        Matcher span = SPAN.matcher(value);
        if (!span.matches() || Long.parseLong(span.group(1)) == 0) {
            throw new ConfigurationException(
                    "The option " + option + " is '" + value + "'; give a time such as 10s, 500ms or 2m");
        }
        long amount = Long.parseLong(span.group(1));
        return switch (span.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofMillis(amount);
        };
    }

    private static int replicas(@Nullable String value) {
        if (value == null) {
            return 1;
        }
        if (!value.matches("[1-5]")) {
            throw new ConfigurationException("The option replicas is '" + value + "'; give 1 to 5");
        }
        return Integer.parseInt(value);
    }

    private static boolean yes(@Nullable String value) {
        if (value == null || value.equals("true")) {
            return true;
        }
        if (value.equals("false")) {
            return false;
        }
        throw new ConfigurationException("The option declare is '" + value + "'; give true or false");
    }

    private static @Nullable Durability durability(@Nullable String value) {
        if (value == null) {
            return null;
        }
        return switch (value) {
            case "process-crash" -> Durability.PROCESS_CRASH;
            case "os-crash" -> Durability.OS_CRASH;
            case "node-loss" -> Durability.NODE_LOSS;
            default ->
                throw new ConfigurationException("The option durability is '" + value
                        + "'; give process-crash, os-crash or node-loss, or leave it out");
        };
    }
}
