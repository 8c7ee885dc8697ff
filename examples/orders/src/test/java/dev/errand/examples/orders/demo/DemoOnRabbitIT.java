package dev.errand.examples.orders.demo;

import dev.errand.contract.server.RabbitProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf(value = "dev.errand.contract.server.RabbitProcess#isPresent", disabledReason = RabbitProcess.MISSING)
class DemoOnRabbitIT extends DemoOnServer {
    @Test
    void noOrderIsLostWhenTheMailProcessIsKilled() throws Exception {
        try (RabbitProcess node = RabbitProcess.started()) {
            noOrderIsLostWhenTheMailProcessIsKilled("amqp://127.0.0.1:" + node.port());
        }
    }
}
