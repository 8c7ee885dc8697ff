package dev.errand.contract;

import dev.errand.broker.Broker;
import dev.errand.contract.model.BrokerModelTest;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import java.util.random.RandomGenerator;

class MemoryModelTest extends BrokerModelTest {
    @Override
    protected Broker open(ManualTime time, RandomGenerator random) {
        return new MemoryBroker(time, random);
    }

    @Override
    protected int runs() {
        return 2_000;
    }
}
