package dev.errand.nats;

import io.nats.client.impl.Headers;
import io.nats.client.support.JsonParseException;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * CloudEvents' structured mode, for messages whose headers are larger than JetStream takes, 64 KiB: the whole event is the
 * body, as <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md">JSON</a>. Such
 * messages of other programs are read as well. Stateless.
 */
final class Structured {
    private static final int MOST_HEADERS = 60_000;
    private static final String CONTENT_TYPE = "content-type";
    private static final String JSON = "application/cloudevents+json";
    private static final String ATTRIBUTE = "ce-";
    /** Holds the headers that are no attributes, as JSON in a text. */
    private static final String OTHERS = "errandheaders";
    /** What we look at without opening the body is a header as well. */
    private static final Set<String> ALSO_HEADERS =
            Set.of(Messages.REVISION, Messages.TAKES, Messages.DUE, Messages.REPLACES);

    /** Headers and body that belong together. */
    record Form(Headers headers, byte[] body) {}

    /** Opened headers and body. */
    record Open(Map<String, String> headers, byte[] body) {}

    private Structured() {}

    static Form pack(Headers headers, byte[] body) {
        if (headers.serializedLength() <= MOST_HEADERS) {
            return new Form(headers, body);
        }
        Headers few = new Headers().put(CONTENT_TYPE, JSON);
        JsonText event = new JsonText();
        JsonText others = new JsonText();
        headers.forEach((name, values) -> {
            String value = values.getFirst();
            if (ALSO_HEADERS.contains(name)) {
                few.put(name, value);
            }
            if (name.startsWith(ATTRIBUTE)) {
                event.put(name.substring(ATTRIBUTE.length()), HeaderText.decode(value));
            } else if (name.equals(CONTENT_TYPE)) {
                event.put("datacontenttype", HeaderText.decode(value));
            } else {
                others.put(name, value);
            }
        });
        event.put(OTHERS, others.toString())
                .put("data_base64", Base64.getEncoder().encodeToString(body));
        return new Form(few, event.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** What is in binary mode, or no event at all, stays as it is. */
    static Open open(Map<String, String> headers, byte[] body) {
        String type = headers.get(CONTENT_TYPE);
        if (type == null || !type.startsWith(JSON)) {
            return new Open(headers, body);
        }
        try {
            JsonValue event = JsonParser.parse(body);
            return event.map == null ? new Open(headers, body) : opened(headers, event.map);
        } catch (JsonParseException | IllegalArgumentException e) {
            return new Open(headers, body); // it is shown as it came
        }
    }

    private static Open opened(Map<String, String> headers, Map<String, JsonValue> event) throws JsonParseException {
        Map<String, String> open = new LinkedHashMap<>(headers);
        open.remove(CONTENT_TYPE);
        byte[] body = new byte[0];
        for (Map.Entry<String, JsonValue> each : event.entrySet()) {
            JsonValue value = each.getValue();
            String text = text(value);
            switch (each.getKey()) {
                case "data_base64" -> body = Base64.getDecoder().decode(text);
                case "data" -> {
                    body = text.getBytes(StandardCharsets.UTF_8);
                    open.putIfAbsent(CONTENT_TYPE, "application/json");
                }
                case "datacontenttype" -> open.put(CONTENT_TYPE, HeaderText.encode(text));
                case OTHERS -> {
                    JsonValue others = JsonParser.parse(text);
                    if (others.map != null) {
                        others.map.forEach((name, other) -> open.put(name, text(other)));
                    }
                }
                default -> open.put(ATTRIBUTE + each.getKey(), HeaderText.encode(text));
            }
        }
        return new Open(open, body);
    }

    private static String text(@Nullable JsonValue value) {
        return value == null ? "" : value.string != null ? value.string : value.toJson();
    }
}
