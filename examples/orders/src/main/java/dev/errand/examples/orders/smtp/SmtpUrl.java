package dev.errand.examples.orders.smtp;

import dev.errand.ConfigurationException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.Set;

/**
 * Where mail goes: {@code smtp://user:password@host:port}, or {@code smtps://…} for TLS from the first byte. On {@code smtp}
 * TLS is used where the server offers it, and required before a password leaves this machine.
 *
 * @param secure whether TLS starts at once
 * @param host the mail server
 * @param port its port
 * @param user to log in with; empty: none
 * @param password that user's
 */
public record SmtpUrl(boolean secure, String host, int port, String user, String password) {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** Reads it; throws {@link ConfigurationException} if it is none. */
    public static SmtpUrl parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            // Without the cause, which would show the password.
            throw invalid();
        }
        boolean secure = "smtps".equals(uri.getScheme());
        if ((!secure && !"smtp".equals(uri.getScheme())) || uri.getHost() == null) {
            throw invalid();
        }
        String[] login = uri.getRawUserInfo() == null
                ? new String[0]
                : uri.getRawUserInfo().split(":", 2);
        int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 465 : 587;
        return new SmtpUrl(
                secure,
                uri.getHost(),
                port,
                login.length > 0 ? decode(login[0]) : "",
                login.length > 1 ? decode(login[1]) : "");
    }

    private static ConfigurationException invalid() {
        return new ConfigurationException(
                "The URL of the mail server cannot be read; write smtp://user:password@host:port or smtps://…, with special"
                        + " characters of the password percent-encoded");
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** The provider's name, {@code smtp} or {@code smtps}. */
    String protocol() {
        return secure ? "smtps" : "smtp";
    }

    /** As Jakarta Mail wants it: with limits for every wait. */
    Properties properties() {
        Properties all = new Properties();
        String prefix = "mail." + protocol() + ".";
        all.setProperty(prefix + "connectiontimeout", "5000");
        all.setProperty(prefix + "timeout", "10000");
        all.setProperty(prefix + "writetimeout", "10000");
        all.setProperty(prefix + "localhost", "localhost");
        all.setProperty(prefix + "ssl.checkserveridentity", "true");
        all.setProperty(prefix + "auth", Boolean.toString(!user.isEmpty()));
        if (!secure) {
            all.setProperty(prefix + "starttls.enable", "true");
            all.setProperty(
                    prefix + "starttls.required", Boolean.toString(!user.isEmpty() && !LOOPBACK.contains(host)));
        }
        return all;
    }

    /** Without user and password. */
    @Override
    public String toString() {
        return protocol() + "://" + host + ":" + port;
    }
}
