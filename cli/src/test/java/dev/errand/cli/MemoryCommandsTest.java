package dev.errand.cli;

import dev.errand.broker.Broker;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import java.nio.file.Path;
import java.util.Random;

class MemoryCommandsTest extends CommandsOnBroker {
    @Override
    Broker open(ManualTime time, Path folder) {
        return new MemoryBroker(time, new Random(7));
    }
}
