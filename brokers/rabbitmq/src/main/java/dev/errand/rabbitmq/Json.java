package dev.errand.rabbitmq;

import dev.errand.AttemptError;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The headers whose value is JSON. Unknown members are passed over; anything else that is not as written throws {@link
 * IllegalArgumentException}.
 */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    static String ofMap(Map<String, String> map) {
        return write(json -> {
            json.writeStartObject();
            map.forEach(json::writeStringProperty);
            json.writeEndObject();
        });
    }

    static Map<String, String> toMap(String text) {
        Map<String, String> map = new HashMap<>();
        read(text, json -> {
            expect(json, JsonToken.START_OBJECT);
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                json.nextToken();
                expect(json, JsonToken.VALUE_STRING);
                map.put(name, json.getString());
            }
            expect(json, JsonToken.END_OBJECT);
        });
        return map;
    }

    static String ofErrors(List<AttemptError> errors) {
        return write(json -> {
            json.writeStartArray();
            for (AttemptError error : errors) {
                json.writeStartObject();
                json.writeNumberProperty("at", error.at().toEpochMilli());
                json.writeNumberProperty("attempt", error.attempt());
                json.writeStringProperty("error", error.error());
                json.writeStringProperty("message", error.message());
                json.writeStringProperty("stack", error.stack());
                json.writeStringProperty("worker", error.worker());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    static List<AttemptError> toErrors(String text) {
        List<AttemptError> errors = new ArrayList<>();
        read(text, json -> {
            expect(json, JsonToken.START_ARRAY);
            while (json.nextToken() == JsonToken.START_OBJECT) {
                errors.add(error(json));
            }
            expect(json, JsonToken.END_ARRAY);
        });
        return errors;
    }

    private static AttemptError error(JsonParser json) {
        long at = 0;
        int attempt = 0;
        Map<String, String> texts = new HashMap<>();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            if (name.equals("at")) {
                at = json.getLongValue();
            } else if (name.equals("attempt")) {
                attempt = json.getIntValue();
            } else if (value == JsonToken.VALUE_STRING) {
                texts.put(name, json.getString());
            } else {
                json.skipChildren();
            }
        }
        return new AttemptError(
                Instant.ofEpochMilli(at),
                attempt,
                texts.getOrDefault("error", ""),
                texts.getOrDefault("message", ""),
                texts.getOrDefault("stack", ""),
                texts.getOrDefault("worker", ""));
    }

    static String ofTexts(Collection<String> texts) {
        return write(json -> {
            json.writeStartArray();
            texts.forEach(json::writeString);
            json.writeEndArray();
        });
    }

    static List<String> toTexts(String text) {
        List<String> texts = new ArrayList<>();
        read(text, json -> {
            expect(json, JsonToken.START_ARRAY);
            while (json.nextToken() == JsonToken.VALUE_STRING) {
                texts.add(json.getString());
            }
            expect(json, JsonToken.END_ARRAY);
        });
        return texts;
    }

    private static String write(Consumer<JsonGenerator> content) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            content.accept(json);
        }
        return text.toString();
    }

    private static void read(String text, Consumer<JsonParser> content) {
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            json.nextToken();
            content.accept(json);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not the JSON that was expected: " + e.getOriginalMessage(), e);
        }
    }

    private static void expect(JsonParser json, JsonToken token) {
        if (json.currentToken() != token) {
            throw new IllegalArgumentException("expected " + token + " but found " + json.currentToken());
        }
    }
}
