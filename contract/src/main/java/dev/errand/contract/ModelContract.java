package dev.errand.contract;

import dev.errand.Defaults;
import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.Capability;
import dev.errand.contract.model.BrokerModelTest;
import dev.errand.contract.model.Trials;
import dev.errand.time.ManualTime;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Random commands, each answered as the model answers it. {@link Trials} says how to repeat a failure. */
@Given({Facility.VIRTUAL_TIME, Facility.MODEL})
@Needs({
    Capability.FENCING,
    Capability.ATOMIC_RETRY,
    Capability.UNIQUE,
    Capability.RETENTION,
    Capability.RESULTS,
    Capability.FIND,
    Capability.LIST,
    Capability.CANCEL_WAITING,
    Capability.CANCEL_ACTIVE,
    Capability.RUN_NOW,
    Capability.COUNTS,
    Capability.OLDEST_AGE,
    Capability.PRIORITY,
    Capability.DEAD_LETTERS_BY_ID,
    Capability.WORKER_REGISTRY
})
abstract class ModelContract extends Contract {
    private static final int SEQUENCES = 60;
    private static final int LENGTH = 80;

    /** Takes its instance with it when it is closed. */
    private static final class Disposable extends ForwardingBroker {
        private final BrokerInstance instance;

        Disposable(BrokerInstance instance, ManualTime time, RandomGenerator random) {
            super(instance.open(new BrokerContext(time, random, Defaults.CRASH_LIMIT)));
            this.instance = instance;
        }

        @Override
        public void close() {
            target.close();
            instance.close();
        }
    }

    @Test
    void doesWhatTheModelDoes() {
        BrokerModelTest.trials(this::open, Await.PATIENCE).check(SEQUENCES, LENGTH);
    }

    private Broker open(ManualTime time, RandomGenerator random) {
        return new Disposable(stage.another(), time, random);
    }
}
