package dev.errand.broker;

import dev.errand.ConfigurationException;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;

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

    /**
     * Whether what the URL names is there already. For tools that must not make a new, empty store out of a typing mistake;
     * a server that would have to be asked counts as there.
     *
     * @throws dev.errand.ConfigurationException if the URL is wrong
     */
    default boolean exists(BrokerUrl url) {
        return true;
    }

    /**
     * The provider on the class path that answers to the URL's scheme.
     *
     * @throws ConfigurationException naming the known schemes, if none does
     */
    static BrokerProvider of(BrokerUrl url) {
        Set<String> schemes = new TreeSet<>();
        for (BrokerProvider provider : ServiceLoader.load(BrokerProvider.class)) {
            if (provider.schemes().contains(url.scheme())) {
                return provider;
            }
            schemes.addAll(provider.schemes());
        }
        throw new ConfigurationException("There is no broker for the URL scheme '" + url.scheme()
                + ":' on the class path; known are " + String.join(", ", schemes)
                + ". Correct the URL or add that broker's module");
    }
}
