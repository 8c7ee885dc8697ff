package dev.errand.examples.orders;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads and validates what a caller sends: an order, or what is wrong with it. */
final class OrderRequest {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final JsonNode body;
    private final Map<String, String> errors = new LinkedHashMap<>();

    private OrderRequest(JsonNode body) {
        this.body = body;
    }

    /**
     * The order in {@code json}. Its id is the body's {@code orderId}, else derived from the idempotency key, else new.
     *
     * @throws Problem if it is not valid, naming every field that is not
     */
    static OrderPlaced parse(byte[] json, Optional<String> idempotencyKey) throws Problem {
        JsonNode body;
        try {
            body = JSON.readTree(json);
        } catch (JacksonException e) {
            throw Problem.of(400, "The body is not valid JSON: " + e.getOriginalMessage());
        }
        if (!body.isObject()) {
            throw Problem.of(400, "The body must be a JSON object with the fields email, item and quantity");
        }
        return new OrderRequest(body).order(idempotencyKey);
    }

    private OrderPlaced order(Optional<String> idempotencyKey) throws Problem {
        OrderId id = id(idempotencyKey);
        String email = email();
        String item = text("item", 200);
        int quantity = quantity();
        if (!errors.isEmpty()) {
            throw Problem.invalid(errors);
        }
        return new OrderPlaced(id.value(), email, item, quantity);
    }

    private OrderId id(Optional<String> idempotencyKey) {
        JsonNode node = body.path("orderId");
        if (!node.isMissingNode()) {
            Optional<OrderId> chosen = node.isString() ? OrderId.parse(node.stringValue()) : Optional.empty();
            return chosen.orElseGet(
                    () -> refuse("orderId", "must be a text of 1 to 64 letters, digits, dots, dashes and underscores"));
        }
        if (idempotencyKey.isPresent()) {
            String key = idempotencyKey.get();
            if (key.isBlank() || key.length() > 255) {
                return refuse("Idempotency-Key", "the header must have 1 to 255 characters");
            }
            return OrderId.ofKey(key);
        }
        return OrderId.random();
    }

    private OrderId refuse(String field, String why) {
        errors.put(field, why);
        return OrderId.random();
    }

    /** Whether the mailbox exists is for its mail server to say; here only what can be no address at all is refused. */
    private String email() {
        String text = text("email", 254);
        int at = text.indexOf('@');
        if (!errors.containsKey("email")
                && (at < 1 || at == text.length() - 1 || text.chars().anyMatch(OrderRequest::neverInAnAddress))) {
            errors.put("email", "must be an e-mail address such as customer-17@example.org");
        }
        return text;
    }

    private static boolean neverInAnAddress(int c) {
        return Character.isWhitespace(c) || ",;:<>()[]\"\\".indexOf(c) >= 0;
    }

    private String text(String field, int max) {
        JsonNode node = body.path(field);
        if (node.isMissingNode() || node.isNull()) {
            errors.put(field, "is missing");
            return "";
        }
        String text = node.isString() ? node.stringValue() : "";
        if (text.isBlank() || text.length() > max || text.chars().anyMatch(Character::isISOControl)) {
            errors.put(field, "must be a text of 1 to " + max + " characters, without line breaks");
        }
        return text;
    }

    private int quantity() {
        JsonNode node = body.path("quantity");
        if (node.isMissingNode() || node.isNull()) {
            errors.put("quantity", "is missing");
            return 0;
        }
        if (!node.canConvertToInt() || !node.isIntegralNumber() || node.intValue() < 1 || node.intValue() > 1000) {
            errors.put("quantity", "must be a whole number from 1 to 1000");
            return 0;
        }
        return node.intValue();
    }
}
