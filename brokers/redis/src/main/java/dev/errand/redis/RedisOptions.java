package dev.errand.redis;

import dev.errand.ConfigurationException;
import dev.errand.broker.BrokerUrl;
import dev.errand.broker.Durability;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the URL says.
 *
 * @param uri where, and who
 * @param timeout the longest that a command may take
 * @param blocking the most connections of a worker that wait, one for each queue
 * @param durability what the administrator vouches for; null: what the server's settings say
 */
record RedisOptions(
        RedisURI uri,
        Duration timeout,
        int blocking,
        @Nullable Durability durability) {
    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    static final int DEFAULT_BLOCKING = 16;

    private static final int PORT = 6379;
    private static final int SENTINEL_PORT = 26379;
    private static final String TIMEOUT = "timeout";
    private static final String BLOCKING = "blocking";
    private static final String MASTER = "master";
    private static final String TLS = "tls";
    private static final String VERIFY = "verify";
    private static final String DURABILITY = "durability";
    private static final String SENTINEL_PASSWORD = "sentinel-password";
    private static final TreeSet<String> KNOWN =
            new TreeSet<>(List.of(TIMEOUT, BLOCKING, MASTER, TLS, VERIFY, DURABILITY, SENTINEL_PASSWORD));
    private static final Pattern SPAN = Pattern.compile("(\\d{1,7})(ms|s)");
    private static final Pattern REST =
            Pattern.compile("//(?:(?<user>[^@/]*)@)?(?<hosts>[^@/]+)(?:/(?<database>\\d{1,9})?)?");
    private static final Pattern HOST =
            Pattern.compile("(?<host>\\[[0-9a-fA-F:.%]+]|[^:\\[\\]]+)(?::(?<port>\\d{1,5}))?");

    /** Reads a URL; throws {@link ConfigurationException} with the remedy if it says something else. */
    static RedisOptions of(BrokerUrl url) {
        for (String name : url.options().keySet()) {
            if (!KNOWN.contains(name)) {
                throw new ConfigurationException("The broker URL " + url + " has an unknown option '" + name
                        + "'; redis knows " + String.join(", ", KNOWN));
            }
        }
        Map<String, String> options = url.options();
        return new RedisOptions(
                uri(url),
                span(options.get(TIMEOUT)),
                number(options.get(BLOCKING)),
                durability(options.get(DURABILITY)));
    }

    private static RedisURI uri(BrokerUrl url) {
        Matcher rest = REST.matcher(url.rest());
        if (!rest.matches()) {
            throw new ConfigurationException("The broker URL " + url
                    + " is not of the form redis://user:password@host:port/database; escape special characters as %XX");
        }
        boolean sentinel = url.scheme().equals("redis-sentinel");
        RedisURI.Builder uri = sentinel ? sentinel(url, rest) : single(url, rest);
        String database = rest.group("database");
        uri.withDatabase(database == null ? 0 : Integer.parseInt(database));
        if (url.scheme().equals("rediss") || yes(url.options().get(TLS), TLS, false)) {
            uri.withSsl(true);
            uri.withVerifyPeer(yes(url.options().get(VERIFY), VERIFY, true) ? SslVerifyMode.FULL : SslVerifyMode.NONE);
        }
        credentials(uri, rest.group("user"));
        uri.withClientName("errand");
        return uri.build();
    }

    private static RedisURI.Builder single(BrokerUrl url, Matcher rest) {
        Matcher host = host(url, rest.group("hosts"));
        return RedisURI.Builder.redis(bare(host.group("host")), port(url, host.group("port"), PORT));
    }

    private static RedisURI.Builder sentinel(BrokerUrl url, Matcher rest) {
        String master = url.options().get(MASTER);
        if (master == null) {
            throw new ConfigurationException(
                    "The broker URL " + url + " names no master; add ?master=NAME, as the sentinels call it");
        }
        RedisURI.Builder uri = RedisURI.builder().withSentinelMasterId(master);
        String password = url.options().get(SENTINEL_PASSWORD);
        for (String each : rest.group("hosts").split(",", -1)) {
            Matcher host = host(url, each);
            String name = bare(host.group("host"));
            int port = port(url, host.group("port"), SENTINEL_PORT);
            if (password == null) {
                uri.withSentinel(name, port);
            } else {
                uri.withSentinel(name, port, password);
            }
        }
        return uri;
    }

    private static Matcher host(BrokerUrl url, String text) {
        Matcher host = HOST.matcher(text);
        if (!host.matches()) {
            throw new ConfigurationException(
                    "The broker URL " + url + " has no valid host and port; write redis://host:6379/0");
        }
        return host;
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(BrokerUrl url, @Nullable String text, int otherwise) {
        int port = text == null ? otherwise : Integer.parseInt(text);
        if (port < 1 || port > 65_535) {
            throw new ConfigurationException("The broker URL " + url + " has the port " + port + "; give 1 to 65535");
        }
        return port;
    }

    private static void credentials(RedisURI.Builder uri, @Nullable String user) {
        if (user == null || user.isEmpty()) {
            return;
        }
        int colon = user.indexOf(':');
        String name = decode(colon < 0 ? "" : user.substring(0, colon));
        char[] password = decode(colon < 0 ? user : user.substring(colon + 1)).toCharArray();
        if (name.isEmpty()) {
            uri.withPassword(password);
        } else {
            uri.withAuthentication(name, password);
        }
    }

    /** A part of the user information, in which a plus sign is one. */
    static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static Duration span(@Nullable String value) {
        if (value == null) {
            return DEFAULT_TIMEOUT;
        }
        Matcher span = SPAN.matcher(value);
        if (!span.matches() || Long.parseLong(span.group(1)) == 0) {
            throw new ConfigurationException("The option timeout is '" + value + "'; give a time such as 5s or 500ms");
        }
        long amount = Long.parseLong(span.group(1));
        return span.group(2).equals("s") ? Duration.ofSeconds(amount) : Duration.ofMillis(amount);
    }

    private static int number(@Nullable String value) {
        if (value == null) {
            return DEFAULT_BLOCKING;
        }
        if (!value.matches("\\d{1,4}")) {
            throw new ConfigurationException(
                    "The option blocking is '" + value + "'; give the most connections that wait for tasks, 0 to 9999");
        }
        return Integer.parseInt(value);
    }

    private static boolean yes(@Nullable String value, String name, boolean otherwise) {
        if (value == null) {
            return otherwise;
        }
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new ConfigurationException("The option " + name + " is '" + value + "'; give true or false");
        };
    }

    private static @Nullable Durability durability(@Nullable String value) {
        if (value == null) {
            return null;
        }
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
}
