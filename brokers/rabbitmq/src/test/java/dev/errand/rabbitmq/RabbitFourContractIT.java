package dev.errand.rabbitmq;

import dev.errand.contract.BrokerContract;
import dev.errand.contract.BrokerFixture;
import dev.errand.contract.server.RabbitProcess;
import org.junit.jupiter.api.condition.EnabledIf;

/** The whole contract on RabbitMQ 4, where there is one. */
@EnabledIf(
        value = "dev.errand.contract.server.RabbitProcess#isFourPresent",
        disabledReason = RabbitProcess.FOUR_MISSING)
class RabbitFourContractIT extends BrokerContract {
    @Override
    protected BrokerFixture fixture() {
        return new RabbitFixture("rabbitmq-4", RabbitProcess::startedFour);
    }
}
