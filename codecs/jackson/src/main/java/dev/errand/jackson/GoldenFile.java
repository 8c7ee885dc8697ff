package dev.errand.jackson;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A payload of some version as it was stored, and what today's code must make of it.
 *
 * @param type the wire name
 * @param version the payload's schema version
 * @param payload as it was stored
 * @param expected as today's code would write it; empty: the payload itself
 */
record GoldenFile(String type, int version, JsonNode payload, Optional<JsonNode> expected) {

    static GoldenFile parse(byte[] bytes, String source) {
        JsonNode root;
        try {
            root = JsonTree.read(bytes);
        } catch (InvalidJsonException e) {
            throw new AssertionError("The golden file " + source + " cannot be read: " + e.getMessage());
        }
        JsonNode payload = root.path("payload");
        if (!root.path("type").isString() || !root.path("version").isInt() || payload.isMissingNode()) {
            throw new AssertionError("The golden file " + source
                    + " needs the fields type (a text), version (a number) and payload; PayloadCompat.write makes one");
        }
        JsonNode expected = root.path("expected");
        return new GoldenFile(
                root.path("type").stringValue(),
                root.path("version").intValue(),
                payload,
                expected.isMissingNode() ? Optional.empty() : Optional.of(expected));
    }

    String text() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("type", type).put("version", version).set("payload", payload);
        expected.ifPresent(e -> root.set("expected", e));
        return JsonTree.pretty(root) + "\n";
    }
}
