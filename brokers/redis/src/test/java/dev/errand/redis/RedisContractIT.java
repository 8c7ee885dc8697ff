package dev.errand.redis;

import dev.errand.contract.BrokerContract;
import dev.errand.contract.BrokerFixture;
import dev.errand.contract.server.RedisProcess;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf(value = "dev.errand.contract.server.RedisProcess#isPresent", disabledReason = RedisProcess.MISSING)
class RedisContractIT extends BrokerContract {
    @Override
    protected BrokerFixture fixture() {
        return new RedisFixture();
    }
}
