package dev.errand.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.ConfigurationException;
import dev.errand.TaskId;
import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerProvider;
import dev.errand.broker.BrokerUrl;
import dev.errand.broker.Envelope;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.Receipt;
import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryProviderTest {
    private final BrokerContext context =
            new BrokerContext(new ManualTime(Instant.EPOCH), RandomGenerator.of("L64X128MixRandom"), 3);

    @Test
    void isFoundAndOpensABrokerOfItsOwn() {
        BrokerProvider provider = ServiceLoader.load(BrokerProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(p -> p.schemes().contains("memory"))
                .findFirst()
                .orElseThrow();
        try (Broker one = provider.open(BrokerUrl.parse("memory:"), context);
                Broker two = provider.open(BrokerUrl.parse("memory:?max-tasks=1"), context)) {
            assertThat(one.enqueue(List.of(task("a"), task("b")))).containsOnly(new Receipt.Stored());
            assertThat(two.enqueue(List.of(task("a"), task("b"))).getLast()).isInstanceOf(Receipt.Refused.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "memory:orders, share one Errand",
        "memory://host, share one Errand",
        "memory:?max-task=5, no option 'max-task'",
        "memory:?max-tasks=many, max-tasks=many",
        "memory:?max-tasks=0, 1 or more"
    })
    void refusesWhatItDoesNotUnderstandWithTheRemedy(String url, String message) {
        assertThatThrownBy(() -> new MemoryProvider().open(BrokerUrl.parse(url), context))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }

    private static Envelope task(String id) {
        Policy policy = new Policy(25, Duration.ofMinutes(30), Duration.ZERO, Set.of());
        return Envelope.of(TaskId.of(id), "x", Payload.EMPTY, "mail", Instant.EPOCH, policy);
    }
}
