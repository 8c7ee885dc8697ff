package dev.errand.broker;

import dev.errand.ConfigurationException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A broker's URL, taken apart: {@code scheme:rest?key=value&…}. Its text form hides a password.
 *
 * @param scheme in lower case
 * @param rest what stands between the scheme's colon and the question mark
 * @param options the decoded query, in its order
 */
public record BrokerUrl(String scheme, String rest, Map<String, String> options) {
    /** Copies the map. */
    public BrokerUrl {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /**
     * Takes a URL apart.
     *
     * @throws ConfigurationException if it has no scheme, or an option without a value or twice
     */
    public static BrokerUrl parse(String url) {
        int colon = url.indexOf(':');
        if (colon < 1) {
            throw new ConfigurationException("The broker URL " + (url.isBlank() ? "is blank" : "has no scheme")
                    + "; give one such as sqlite:errand.db or memory:");
        }
        int query = url.indexOf('?', colon);
        String rest = url.substring(colon + 1, query < 0 ? url.length() : query);
        Map<String, String> options = new LinkedHashMap<>();
        if (query >= 0) {
            for (String part : url.substring(query + 1).split("&")) {
                addOption(options, part);
            }
        }
        return new BrokerUrl(url.substring(0, colon).toLowerCase(Locale.ROOT), rest, options);
    }

    private static void addOption(Map<String, String> options, String part) {
        int equals = part.indexOf('=');
        if (equals < 1) {
            throw new ConfigurationException(
                    "The broker URL's option '" + part + "' has no value; write options as ?name=value&name=value");
        }
        String name = URLDecoder.decode(part.substring(0, equals), StandardCharsets.UTF_8);
        String value = URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8);
        if (options.put(name, value) != null) {
            throw new ConfigurationException("The broker URL has the option '" + name + "' twice; give it once");
        }
    }

    /** The URL without what may be secret: the user information and the options' values. */
    @Override
    public String toString() {
        int at = rest.lastIndexOf('@');
        String shown = rest.startsWith("//") && at > 0 ? "//***@" + rest.substring(at + 1) : rest;
        return scheme + ":" + shown + (options.isEmpty() ? "" : "?" + String.join("&", options.keySet()));
    }
}
