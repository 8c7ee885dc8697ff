package dev.errand.examples.orders;

import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Why a request was not served, as problem JSON (RFC 9457). */
final class Problem extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String detail;
    private final Map<String, String> errors;
    private final Map<String, String> headers;

    private Problem(int status, String detail, Map<String, String> errors, Map<String, String> headers) {
        super(detail, null, false, false);
        this.status = status;
        this.detail = detail;
        this.errors = Map.copyOf(errors);
        this.headers = Map.copyOf(headers);
    }

    static Problem of(int status, String detail) {
        return new Problem(status, detail, Map.of(), Map.of());
    }

    /** With a header such as {@code Allow}. */
    static Problem of(int status, String detail, String header, String value) {
        return new Problem(status, detail, Map.of(), Map.of(header, value));
    }

    /** Fields that are not valid, each with the reason. */
    static Problem invalid(Map<String, String> errors) {
        StringBuilder detail = new StringBuilder("The order is not valid");
        errors.forEach((field, why) -> detail.append(detail.indexOf(":") < 0 ? ": " : "; ")
                .append(field)
                .append(' ')
                .append(why));
        return new Problem(400, detail.toString(), errors, Map.of());
    }

    int status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    private String title() {
        return switch (status) {
            case 400 -> "Bad request";
            case 404 -> "Not found";
            case 405 -> "Method not allowed";
            case 409 -> "Conflict";
            case 413 -> "Content too large";
            case 415 -> "Unsupported media type";
            case 501 -> "Not implemented";
            case 503 -> "Service unavailable";
            default -> "Internal error";
        };
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("type", "about:blank")
                .put("title", title())
                .put("status", status)
                .put("detail", detail);
        if (!errors.isEmpty()) {
            ArrayNode list = json.putArray("errors");
            errors.forEach((field, why) -> list.addObject().put("field", field).put("detail", why));
        }
        return json;
    }
}
