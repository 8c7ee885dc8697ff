package dev.errand.bench.broker;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;

/** A list: {@code LPUSH} here, a blocking {@code BRPOP} in the other process. */
final class RedisWire implements Wire {
    static final String LIST = "errand-bench-wire";

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;

    RedisWire(String url) {
        client = RedisClient.create(url.replaceFirst("\\?.*", ""));
        connection = client.connect();
    }

    @Override
    public Class<?> listener() {
        return RedisListener.class;
    }

    @Override
    public void send(int number) {
        connection.sync().lpush(LIST, Integer.toString(number));
    }

    @Override
    public void close() {
        connection.sync().del(LIST);
        connection.close();
        client.shutdown();
    }
}
