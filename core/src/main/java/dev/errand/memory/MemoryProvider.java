package dev.errand.memory;

import dev.errand.ConfigurationException;
import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerProvider;
import dev.errand.broker.BrokerUrl;
import java.util.Map;
import java.util.Set;

/**
 * Opens {@code memory:}, a {@link MemoryBroker} of its own for each connect. The one option is {@code max-tasks}:
 * {@code memory:?max-tasks=5000}.
 */
public final class MemoryProvider implements BrokerProvider {
    private static final String MAX_TASKS = "max-tasks";

    /** For the service loader. */
    public MemoryProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("memory");
    }

    @Override
    public Broker open(BrokerUrl url, BrokerContext context) {
        if (!url.rest().isEmpty()) {
            throw new ConfigurationException("An in-memory broker has no name, but the URL has '" + url.rest()
                    + "': write memory: alone. To share one within the process, share one Errand, or give each the same"
                    + " MemoryBroker by Errand.over");
        }
        return new MemoryBroker(context.time(), context.random(), maxTasks(url.options()));
    }

    private static int maxTasks(Map<String, String> options) {
        for (String name : options.keySet()) {
            if (!name.equals(MAX_TASKS)) {
                throw new ConfigurationException("memory: has no option '" + name + "'; the only one is " + MAX_TASKS
                        + ", as in memory:?max-tasks=5000");
            }
        }
        String text = options.getOrDefault(MAX_TASKS, Integer.toString(MemoryBroker.DEFAULT_MAX_TASKS));
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new ConfigurationException(
                    "memory: cannot read max-tasks=" + text + "; give a whole number such as 5000", e);
        }
    }
}
