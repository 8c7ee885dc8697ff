package dev.errand.jackson;

import dev.errand.Upcaster;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Upcasters over JSON trees:
 *
 * <pre>{@code
 * TaskType.of("bill", Invoice.class)
 *     .upcast(1, JsonUpcast.of(o -> o.put("currency", "EUR")))
 *     .upcast(2, JsonUpcast.of(o -> o.set("email", o.remove("mail"))));
 * }</pre>
 */
public final class JsonUpcast {
    private JsonUpcast() {}

    /** A change of an object in its place. Pure and thread-safe. */
    @FunctionalInterface
    public interface Change {
        /** Makes the next version of {@code payload}; throws any exception if it cannot, which makes the task undecodable. */
        void apply(ObjectNode payload) throws Exception;
    }

    /** A new tree from an old one, of whatever kind. Pure and thread-safe. */
    @FunctionalInterface
    public interface Rewrite {
        /** Answers the next version; throws any exception if it cannot, which makes the task undecodable. */
        JsonNode apply(JsonNode payload) throws Exception;
    }

    /** For payloads that are JSON objects; a payload that is not is undecodable. */
    public static Upcaster of(Change change) {
        return rewrite(node -> {
            if (!(node instanceof ObjectNode object)) {
                throw new InvalidJsonException("the payload is no JSON object, and its upcaster expects one");
            }
            change.apply(object);
            return object;
        });
    }

    /** For payloads of any kind, or whose kind changes: from a text to an object, say. */
    public static Upcaster rewrite(Rewrite rewrite) {
        return bytes -> JsonTree.write(rewrite.apply(JsonTree.read(bytes)));
    }
}
