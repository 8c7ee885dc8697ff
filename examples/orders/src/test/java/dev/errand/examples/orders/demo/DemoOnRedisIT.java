package dev.errand.examples.orders.demo;

import dev.errand.contract.server.RedisProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf(value = "dev.errand.contract.server.RedisProcess#isPresent", disabledReason = RedisProcess.MISSING)
class DemoOnRedisIT extends DemoOnServer {
    @Test
    void noOrderIsLostWhenTheMailProcessIsKilled() throws Exception {
        try (RedisProcess server = RedisProcess.server()) {
            noOrderIsLostWhenTheMailProcessIsKilled("redis://127.0.0.1:" + server.port());
        }
    }
}
