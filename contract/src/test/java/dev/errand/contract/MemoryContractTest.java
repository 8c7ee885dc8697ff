package dev.errand.contract;

import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.memory.MemoryBroker;
import java.util.Set;

class MemoryContractTest extends BrokerContract {
    @Override
    protected BrokerFixture fixture() {
        return new MemoryFixture();
    }

    private static final class MemoryFixture implements BrokerFixture {
        @Override
        public String name() {
            return "memory";
        }

        @Override
        public Set<Facility> facilities() {
            return Set.of(
                    Facility.VIRTUAL_TIME,
                    Facility.ORDER,
                    Facility.TIMED_LEASE,
                    Facility.LAST_HOLDER,
                    Facility.TYPE_ROOM,
                    Facility.MODEL);
        }

        @Override
        public BrokerInstance create() {
            return new BrokerInstance() {
                @Override
                public Broker open(BrokerContext context) {
                    return new MemoryBroker(context.time(), context.random());
                }

                @Override
                public void close() {}
            };
        }
    }
}
