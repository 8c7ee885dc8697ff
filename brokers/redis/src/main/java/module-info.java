/** Tasks in Redis, in the format of Go's asynq. */
module dev.errand.redis {
    requires transitive dev.errand;
    requires lettuce.core;
    requires org.slf4j;
    requires static org.jspecify;

    exports dev.errand.redis;

    provides dev.errand.broker.BrokerProvider with
            dev.errand.redis.RedisProvider;
}
