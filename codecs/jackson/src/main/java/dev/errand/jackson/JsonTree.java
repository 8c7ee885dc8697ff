package dev.errand.jackson;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON as trees, read as strictly as payloads are, with numbers kept exactly. */
final class JsonTree {
    private static final JsonMapper MAPPER = JsonRules.builder().build();
    private static final JsonMapper PRETTY =
            JsonRules.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private JsonTree() {}

    static JsonNode read(byte[] bytes) throws InvalidJsonException {
        JsonNode tree;
        try {
            tree = MAPPER.readTree(bytes);
        } catch (JacksonException e) {
            throw InvalidJsonException.of(e);
        }
        if (tree.isMissingNode()) {
            throw new InvalidJsonException("no bytes at all");
        }
        return tree;
    }

    static byte[] write(JsonNode tree) {
        return MAPPER.writeValueAsBytes(tree);
    }

    static String pretty(JsonNode tree) {
        return PRETTY.writeValueAsString(tree);
    }
}
