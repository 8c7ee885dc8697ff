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
     * @throws ConfigurationException if it has no scheme, or an option without a value, twice or not percent-encoded. The message
     *     has nothing of the URL's text: a password with a question mark may be taken for options
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
            String[] parts = url.substring(query + 1).split("&");
            for (int i = 0; i < parts.length; i++) {
                addOption(options, parts[i], i + 1);
            }
        }
        return new BrokerUrl(url.substring(0, colon).toLowerCase(Locale.ROOT), rest, options);
    }

    private static void addOption(Map<String, String> options, String part, int place) {
        int equals = part.indexOf('=');
        if (equals < 1) {
            throw wrong(
                    place, "is not name=value; write options as ?name=value&name=value, and a ? in a password as %3F");
        }
        String name = decode(part.substring(0, equals), place);
        String value = decode(part.substring(equals + 1), place);
        if (options.put(name, value) != null) {
            throw wrong(place, "has the name of an earlier one; give it once");
        }
    }

    private static String decode(String text, int place) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw wrong(place, "has a % that is not followed by two hexadecimal digits; write the % itself as %25");
        }
    }

    private static ConfigurationException wrong(int place, String what) {
        return new ConfigurationException("Option " + place + " of the broker URL " + what);
    }

    /**
     * The URL without what may be secret: the user information and the options' values. If the options have an @, the question mark
     * may be one of a password, so nothing but the scheme is shown.
     */
    @Override
    public String toString() {
        int at = rest.lastIndexOf('@');
        boolean torn =
                options.entrySet().stream().anyMatch(option -> (option.getKey() + option.getValue()).contains("@"));
        if (rest.startsWith("//") && torn) {
            return scheme + "://***";
        }
        String shown = rest.startsWith("//") && at > 0 ? "//***@" + rest.substring(at + 1) : rest;
        return scheme + ":" + shown + (options.isEmpty() ? "" : "?" + String.join("&", options.keySet()));
    }
}
