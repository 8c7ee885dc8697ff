package dev.errand.examples.orders.smtp;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetHeaders;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * A mail that has arrived, by what it can be told from others.
 *
 * @param messageId the same for every arrival of one mail
 * @param orderId the order that it confirms; empty: none
 * @param attempt which attempt has sent it, from 1
 */
public record StoredMail(String messageId, String orderId, int attempt) {
    static StoredMail read(InputStream mail) throws IOException {
        try {
            InternetHeaders headers = new InternetHeaders(mail);
            String attempt = header(headers, Headers.ATTEMPT);
            return new StoredMail(
                    header(headers, "Message-ID"),
                    header(headers, Headers.ORDER),
                    attempt.matches("[0-9]{1,9}") ? Integer.parseInt(attempt) : 1);
        } catch (MessagingException e) {
            throw new IOException("A mail's headers cannot be read", e);
        }
    }

    private static String header(InternetHeaders headers, String name) {
        return Optional.ofNullable(headers.getHeader(name, null)).orElse("").strip();
    }
}
