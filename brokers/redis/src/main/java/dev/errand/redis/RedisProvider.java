package dev.errand.redis;

import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerProvider;
import dev.errand.broker.BrokerUrl;
import java.util.Set;

/**
 * Opens a Redis server: {@code redis://user:password@host:6379/0}, {@code rediss://} with TLS, {@code
 * redis-sentinel://host1,host2/0?master=name}. {@code docs/redis.md} lists the options.
 */
public final class RedisProvider implements BrokerProvider {
    /** For {@link java.util.ServiceLoader}. */
    public RedisProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("redis", "rediss", "redis-sentinel");
    }

    /** True: an empty database is as good as any. */
    @Override
    public boolean exists(BrokerUrl url) {
        return RedisOptions.of(url).blocking() >= 0;
    }

    @Override
    public Broker open(BrokerUrl url, BrokerContext context) {
        return RedisBroker.open(RedisOptions.of(url), context);
    }
}
