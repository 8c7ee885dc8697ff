package dev.errand.rabbitmq;

import dev.errand.contract.BrokerContract;
import dev.errand.contract.BrokerFixture;
import dev.errand.contract.server.RabbitProcess;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf(value = "dev.errand.contract.server.RabbitProcess#isPresent", disabledReason = RabbitProcess.MISSING)
class RabbitContractIT extends BrokerContract {
    @Override
    protected BrokerFixture fixture() {
        return new RabbitFixture("rabbitmq", RabbitProcess::started);
    }
}
