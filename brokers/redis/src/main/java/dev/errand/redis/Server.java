package dev.errand.redis;

import dev.errand.ConfigurationException;
import dev.errand.ErrandException;
import dev.errand.broker.Durability;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the server says about itself when we connect.
 *
 * @param durability of what it has acknowledged
 */
record Server(Durability durability) {
    private static final Logger log = LoggerFactory.getLogger(Server.class);
    private static final Duration SKEW = Duration.ofSeconds(2);

    /** Looks at the server; refuses one that is too old, or that throws keys away when it is full. */
    static Server inspect(Link link, RedisOptions options, Time time) {
        Map<String, String> info = new HashMap<>();
        for (String section : List.of("server", "memory", "persistence")) {
            info.putAll(info(link, section));
        }
        requireVersion(link, info.get("redis_version"));
        refuseEviction(link, info.get("maxmemory_policy"));
        compareClocks(link, time);
        Durability declared = options.durability();
        return new Server(declared == null ? durability(link, info) : declared);
    }

    private static Map<String, String> info(Link link, String section) {
        Map<String, String> all = new HashMap<>();
        try {
            String text = link.<String>call(c -> c.info(section));
            text.lines().forEach(line -> {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    all.put(line.substring(0, colon), line.substring(colon + 1));
                }
            });
        } catch (ConfigurationException e) {
            if (String.valueOf(e.getMessage()).contains("WRONGPASS")
                    || String.valueOf(e.getMessage()).contains("NOAUTH")) {
                throw e;
            }
            log.warn("{} does not tell its settings: {}", link, e.getMessage());
        }
        return all;
    }

    private static void requireVersion(Link link, @org.jspecify.annotations.Nullable String version) {
        if (version == null) {
            return;
        }
        String[] parts = version.split("\\.", -1);
        try {
            int major = Integer.parseInt(parts[0]);
            int minor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
            if (major < 6 || (major == 6 && minor < 2)) {
                throw new ConfigurationException(
                        link + " is Redis " + version + "; asynq's format needs 6.2 or newer. Upgrade it");
            }
        } catch (NumberFormatException e) {
            log.warn("{} has the version '{}', which is none that is known", link, version);
        }
    }

    private static void refuseEviction(Link link, @org.jspecify.annotations.Nullable String policy) {
        if (policy != null && !policy.equals("noeviction")) {
            throw new ConfigurationException(link + " has maxmemory-policy " + policy
                    + ", so it may throw tasks away when it is full; set maxmemory-policy noeviction");
        }
    }

    private static void compareClocks(Link link, Time time) {
        Instant before = time.now();
        List<byte[]> answer;
        try {
            answer = link.call(c -> c.time());
        } catch (ConfigurationException e) {
            log.warn("{} does not tell its clock, so nothing warns if it is off: {}", link, e.getMessage());
            return;
        }
        Instant there = Instant.ofEpochSecond(Long.parseLong(Keys.text(answer.get(0))))
                .plusNanos(1_000L * Long.parseLong(Keys.text(answer.get(1))));
        Duration skew = Duration.between(before, there);
        if (skew.abs().compareTo(SKEW) > 0) {
            log.warn(
                    "The clock of {} is {} ms off this process's; what is due is decided by the clocks of clients and workers: synchronize them (NTP)",
                    link,
                    skew.toMillis());
        }
    }

    private static Durability durability(Link link, Map<String, String> info) {
        if (!"1".equals(info.get("aof_enabled"))) {
            log.warn(
                    "{} has no append-only file: tasks are lost when it is killed. Set appendonly yes, or say durability=… in the URL if you know better",
                    link);
            return Durability.NONE;
        }
        try {
            Map<String, String> fsync = link.call(c -> c.configGet("appendfsync"));
            return "always".equals(fsync.get("appendfsync")) ? Durability.OS_CRASH : Durability.PROCESS_CRASH;
        } catch (ErrandException e) {
            return Durability.PROCESS_CRASH; // CONFIG is often forbidden; everysec is the default
        }
    }
}
