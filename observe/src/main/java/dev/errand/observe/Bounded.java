package dev.errand.observe;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Meters by key, as many as are allowed; further keys share one. Says once that there are more. Thread-safe, and no more than a
 * look-up once a key is known.
 *
 * @param <K> a key
 * @param <M> its meters
 */
final class Bounded<K, M> {
    /** The tag value that stands for all further ones. */
    static final String OTHER = "other";

    private static final Logger log = LoggerFactory.getLogger(ErrandMetrics.class);

    private final String what;
    private final int limit;
    private final Function<K, M> maker;
    private final K other;
    private final Map<K, M> known = new ConcurrentHashMap<>();
    private final AtomicBoolean said = new AtomicBoolean();

    Bounded(String what, int limit, K other, Function<K, M> maker) {
        this.what = what;
        this.limit = limit;
        this.other = other;
        this.maker = maker;
    }

    M of(K key) {
        M meters = known.get(key);
        return meters == null ? make(key) : meters;
    }

    private synchronized M make(K key) {
        if (known.containsKey(key) || known.size() < limit || key.equals(other)) {
            return known.computeIfAbsent(key, maker);
        }
        if (said.compareAndSet(false, true)) {
            log.warn(
                    "There are more than {} {}; further ones are counted together as \"{}\". If they are meant, raise limit(…)",
                    limit,
                    what,
                    OTHER);
        }
        return known.computeIfAbsent(other, maker);
    }
}
