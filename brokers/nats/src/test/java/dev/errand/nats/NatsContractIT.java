package dev.errand.nats;

import dev.errand.contract.BrokerContract;
import dev.errand.contract.BrokerFixture;
import dev.errand.contract.server.NatsProcess;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf(value = "dev.errand.contract.server.NatsProcess#isPresent", disabledReason = NatsProcess.MISSING)
class NatsContractIT extends BrokerContract {
    @Override
    protected BrokerFixture fixture() {
        return new NatsFixture();
    }
}
