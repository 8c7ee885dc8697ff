package dev.errand.broker;

import java.util.Set;

/**
 * Finds a broker for a URL; one for each broker module, found by {@link java.util.ServiceLoader}. Stateless, with a public
 * constructor without parameters.
 */
public interface BrokerProvider {
    /** The URL schemes that it answers to, in lower case: {@code sqlite}. */
    Set<String> schemes();

    /**
     * Opens the broker.
     *
     * @throws dev.errand.ErrandException with the remedy, if the URL is wrong or what it names cannot be used
     */
    Broker open(BrokerUrl url, BrokerContext context);
}
