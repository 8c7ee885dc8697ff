package dev.errand.examples.orders.demo;

import dev.errand.contract.server.NatsProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf(value = "dev.errand.contract.server.NatsProcess#isPresent", disabledReason = NatsProcess.MISSING)
class DemoOnNatsIT extends DemoOnServer {
    @Test
    void noOrderIsLostWhenTheMailProcessIsKilled() throws Exception {
        try (NatsProcess server = NatsProcess.started()) {
            noOrderIsLostWhenTheMailProcessIsKilled("nats://127.0.0.1:" + server.port());
        }
    }
}
