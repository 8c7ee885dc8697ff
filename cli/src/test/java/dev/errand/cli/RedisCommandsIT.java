package dev.errand.cli;

import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerProvider;
import dev.errand.broker.BrokerUrl;
import dev.errand.contract.server.RedisProcess;
import dev.errand.time.ManualTime;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf(value = "dev.errand.contract.server.RedisProcess#isPresent", disabledReason = RedisProcess.MISSING)
class RedisCommandsIT extends CommandsOnBroker {
    private static RedisProcess server;
    private static int databases;

    @BeforeAll
    static void startServer() {
        server = RedisProcess.server();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Override
    Broker open(ManualTime time, Path folder) {
        BrokerUrl url = BrokerUrl.parse("redis://127.0.0.1:" + server.port() + "/" + databases++);
        return BrokerProvider.of(url).open(url, new BrokerContext(time, new Random(7), 3));
    }
}
