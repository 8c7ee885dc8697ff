package dev.errand.cli;

import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerProvider;
import dev.errand.broker.BrokerUrl;
import dev.errand.time.ManualTime;
import java.nio.file.Path;
import java.util.Random;

class SqliteCommandsTest extends CommandsOnBroker {
    @Override
    Broker open(ManualTime time, Path folder) {
        BrokerUrl url = BrokerUrl.parse("sqlite:" + folder.resolve("errand.db") + "?synchronous=normal");
        return BrokerProvider.of(url).open(url, new BrokerContext(time, new Random(7), 3));
    }
}
