package dev.errand.client;

import dev.errand.broker.Payload;
import dev.errand.schedule.Definition;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A schedule as somebody wants it to be.
 *
 * @param name the schedule's
 * @param definition what it does
 * @param payload of its tasks
 */
public record Declaration(String name, Definition definition, Payload payload) {
    /** The same for the same schedule, another one for every other. */
    public String fingerprint() {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            String head = definition.text() + payload.contentType() + '\n' + payload.version() + '\n';
            hash.update(head.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash.digest(payload.bytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
