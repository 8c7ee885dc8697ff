package dev.errand.cli;

import dev.errand.Defaults;
import dev.errand.broker.Payload;
import dev.errand.cli.text.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A payload as it is given: as text, in a file ({@code @file}) or on standard input ({@code -}). */
final class PayloadSource {
    private static final String JSON = "application/json";

    @Option(
            names = "--content-type",
            paramLabel = "TYPE",
            description = "of the payload; application/json by default, which is checked to be JSON")
    @Nullable
    String contentType;

    @Option(names = "--schema-version", paramLabel = "N", description = "of the payload; 1 by default")
    @Nullable
    Integer version;

    @Option(
            names = "--max-payload",
            paramLabel = "BYTES",
            description = "the largest payload, for workers that are set so; ${DEFAULT-VALUE} by default")
    int max = Defaults.MAX_PAYLOAD;

    void check() {
        if (max < 1) {
            throw Refusal.usage("--max-payload " + max + " is out of range; give at least 1");
        }
        if (version != null && version < 1) {
            throw Refusal.usage("--schema-version " + version + " is out of range; give at least 1");
        }
    }

    /** Reads it; a content type that is not given is that of {@code before}, or JSON. */
    Payload read(String given, World world, @Nullable Payload before) {
        return payload(bytes(given, world), before);
    }

    /** Of bytes that have been read. */
    Payload payload(byte[] bytes, @Nullable Payload before) {
        String type = contentType != null ? contentType : before != null ? before.contentType() : JSON;
        if (type.equals(JSON) || type.endsWith("+json") || type.startsWith(JSON + ";")) {
            new JsonText().defect(bytes).ifPresent(why -> {
                throw Refusal.usage(
                        "the payload is not JSON: " + why
                                + "; quote it for the shell ('{\"a\":1}'), or give --content-type if it is meant to be something else");
            });
        }
        return new Payload(bytes, type, version != null ? version : before != null ? before.version() : 1);
    }

    /** Reads the bytes alone; from standard input that can be done once. */
    byte[] bytes(String given, World world) {
        byte[] bytes = all(given, world);
        if (bytes.length > max) {
            throw Refusal.usage(
                    "the payload has more than " + max
                            + " bytes; store the data elsewhere and send its id, or raise --max-payload together with the clients' maxPayload(…)");
        }
        return bytes;
    }

    private byte[] all(String given, World world) {
        try {
            if (given.equals("-")) {
                return world.in().readNBytes(max + 1);
            }
            if (!given.startsWith("@")) {
                return given.getBytes(StandardCharsets.UTF_8);
            }
            try (InputStream file = Files.newInputStream(Path.of(given.substring(1)))) {
                return file.readNBytes(max + 1);
            }
        } catch (IOException | InvalidPathException e) {
            throw Refusal.usage(
                    "cannot read the payload from " + (given.equals("-") ? "standard input" : given.substring(1)) + ": "
                            + e + "; see that it is there and can be read");
        }
    }
}
