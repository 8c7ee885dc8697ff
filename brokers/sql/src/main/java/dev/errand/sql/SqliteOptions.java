package dev.errand.sql;

import dev.errand.ConfigurationException;
import dev.errand.broker.BrokerUrl;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the URL says.
 *
 * @param file the database, as given
 * @param syncEachCommit whether a commit waits for the disk ({@code synchronous=FULL}) or only for the operating system
 * @param lockWait the longest to wait for another process's write
 * @param networkAllowed whether a network file system is accepted
 * @param cacheMebibytes the writer's page cache
 */
record SqliteOptions(Path file, boolean syncEachCommit, Duration lockWait, boolean networkAllowed, int cacheMebibytes) {
    static final Duration DEFAULT_LOCK_WAIT = Duration.ofSeconds(10);
    static final int DEFAULT_CACHE_MEBIBYTES = 32;

    private static final String SYNCHRONOUS = "synchronous";
    private static final String LOCK_WAIT = "lock-wait";
    private static final String NETWORK = "allow-network-filesystem";
    private static final String CACHE = "cache-mb";
    private static final TreeSet<String> KNOWN =
            new TreeSet<>(java.util.List.of(SYNCHRONOUS, LOCK_WAIT, NETWORK, CACHE));
    private static final Pattern SPAN = Pattern.compile("(\\d{1,7})(ms|s)");

    /** Reads a URL; throws {@link ConfigurationException} with the remedy if it says something else. */
    static SqliteOptions of(BrokerUrl url) {
        for (String name : url.options().keySet()) {
            if (!KNOWN.contains(name)) {
                throw new ConfigurationException("The broker URL " + url + " has an unknown option '" + name
                        + "'; sqlite knows " + String.join(", ", KNOWN));
            }
        }
        Map<String, String> options = url.options();
        return new SqliteOptions(
                file(url),
                full(options.getOrDefault(SYNCHRONOUS, "full")),
                lockWait(options.get(LOCK_WAIT)),
                yes(options.getOrDefault(NETWORK, "false")),
                cache(options.get(CACHE)));
    }

    private static Path file(BrokerUrl url) {
        String rest = url.rest();
        if (rest.isBlank()) {
            throw new ConfigurationException("The broker URL 'sqlite:' names no file; write sqlite:errand.db");
        }
        if (rest.startsWith(":memory:")) {
            throw new ConfigurationException(
                    "SQLite in memory cannot be shared or kept; use the in-memory broker: memory:");
        }
        if (rest.startsWith("file:")) {
            throw new ConfigurationException(
                    "The broker URL " + url + " has SQLite's own file: form; write the path alone: sqlite:errand.db");
        }
        if (rest.startsWith("//") && !rest.startsWith("///")) {
            throw new ConfigurationException(
                    "The broker URL " + url
                            + " could mean a host or a path; write sqlite:dir/errand.db, or sqlite:/dir/errand.db from the root");
        }
        try {
            return Path.of(rest);
        } catch (InvalidPathException e) {
            throw new ConfigurationException("The broker URL " + url + " is not a path of this system", e);
        }
    }

    private static boolean full(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "full" -> true;
            case "normal" -> false;
            default ->
                throw new ConfigurationException(
                        "The option synchronous is '" + value
                                + "'; give full (a commit waits for the disk) or normal (it survives the process, not a power cut)");
        };
    }

    private static Duration lockWait(@org.jspecify.annotations.Nullable String value) {
        if (value == null) {
            return DEFAULT_LOCK_WAIT;
        }
        Matcher span = SPAN.matcher(value);
        if (!span.matches() || Long.parseLong(span.group(1)) == 0) {
            throw new ConfigurationException(
                    "The option lock-wait is '" + value + "'; give a time such as 10s or 500ms");
        }
        long amount = Long.parseLong(span.group(1));
        return span.group(2).equals("s") ? Duration.ofSeconds(amount) : Duration.ofMillis(amount);
    }

    private static boolean yes(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new ConfigurationException("The option " + NETWORK + " is '" + value + "'; give true or false");
        };
    }

    private static int cache(@org.jspecify.annotations.Nullable String value) {
        if (value == null) {
            return DEFAULT_CACHE_MEBIBYTES;
        }
        if (!value.matches("\\d{1,5}") || Integer.parseInt(value) == 0) {
            throw new ConfigurationException(
                    "The option cache-mb is '" + value + "'; give a number of MiB from 1 to 99999");
        }
        return Integer.parseInt(value);
    }
}
