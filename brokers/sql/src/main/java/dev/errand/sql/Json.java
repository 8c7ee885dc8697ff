package dev.errand.sql;

import dev.errand.AttemptError;
import dev.errand.broker.WorkerSpec;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The JSON columns: headers, extensions, errors and worker specs, so that any tool can read them. What is empty is null.
 * Unknown members are passed over; anything else that is not as written throws {@link IllegalArgumentException}.
 */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    static @Nullable String ofMap(Map<String, String> map) {
        return map.isEmpty() ? null : write(json -> writeMap(json, map));
    }

    static Map<String, String> toMap(@Nullable String text) {
        if (text == null) {
            return Map.of();
        }
        Map<String, String> map = new HashMap<>();
        readObject(text, (name, json) -> map.put(name, string(json)));
        return map;
    }

    static @Nullable String ofErrors(List<AttemptError> errors) {
        if (errors.isEmpty()) {
            return null;
        }
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

    static List<AttemptError> toErrors(@Nullable String text) {
        if (text == null) {
            return List.of();
        }
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

    static String ofSpec(WorkerSpec spec) {
        return write(json -> {
            json.writeStartObject();
            json.writeStringProperty("name", spec.name());
            json.writeStringProperty("host", spec.host());
            json.writeNumberProperty("pid", spec.pid());
            json.writeNumberProperty("started", spec.started().toEpochMilli());
            json.writeName("queues");
            json.writeStartObject();
            spec.queues().forEach(json::writeNumberProperty);
            json.writeEndObject();
            json.writeBooleanProperty("strict", spec.strict());
            json.writeNumberProperty("concurrency", spec.concurrency());
            json.writeName("types");
            writeArray(json, spec.types());
            json.writeNumberProperty("longestTimeout", Millis.of(spec.longestTimeout()));
            json.writeNumberProperty("lease", Millis.of(spec.lease()));
            json.writeEndObject();
        });
    }

    static WorkerSpec toSpec(String id, String text) {
        Map<String, String> scalars = new HashMap<>();
        Map<String, Integer> queues = new HashMap<>();
        Set<String> types = new HashSet<>();
        readObject(text, (name, json) -> {
            if (json.currentToken() == JsonToken.START_OBJECT && name.equals("queues")) {
                for (String queue = json.nextName(); queue != null; queue = json.nextName()) {
                    json.nextToken();
                    queues.put(queue, json.getIntValue());
                }
            } else if (json.currentToken() == JsonToken.START_ARRAY && name.equals("types")) {
                while (json.nextToken() == JsonToken.VALUE_STRING) {
                    types.add(json.getString());
                }
            } else if (json.currentToken().isScalarValue()) {
                scalars.put(name, json.getString());
            } else {
                json.skipChildren();
            }
        });
        return new WorkerSpec(
                id,
                scalars.getOrDefault("name", ""),
                scalars.getOrDefault("host", ""),
                Long.parseLong(scalars.getOrDefault("pid", "0")),
                Instant.ofEpochMilli(Long.parseLong(scalars.getOrDefault("started", "0"))),
                queues,
                Boolean.parseBoolean(scalars.getOrDefault("strict", "false")),
                Integer.parseInt(scalars.getOrDefault("concurrency", "0")),
                types,
                Duration.ofMillis(Long.parseLong(scalars.getOrDefault("longestTimeout", "0"))),
                Duration.ofMillis(Long.parseLong(scalars.getOrDefault("lease", "0"))));
    }

    /** An array of texts, as a statement's parameter. */
    static String ofTexts(Collection<String> texts) {
        return write(json -> writeArray(json, texts));
    }

    /** Reads an array of texts; null: an empty one. */
    static List<String> toTexts(@Nullable String text) {
        if (text == null) {
            return List.of();
        }
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

    /** An array of numbers, as a statement's parameter. */
    static String ofNumbers(Collection<Long> numbers) {
        return write(json -> {
            json.writeStartArray();
            for (long number : numbers) {
                json.writeNumber(number);
            }
            json.writeEndArray();
        });
    }

    /** An array of times; null if there are none. */
    static @Nullable String ofTimes(List<Instant> times) {
        return times.isEmpty() ? null : ofNumbers(times.stream().map(Millis::of).toList());
    }

    static List<Instant> toTimes(@Nullable String text) {
        List<Instant> times = new ArrayList<>();
        if (text != null) {
            read(text, json -> {
                expect(json, JsonToken.START_ARRAY);
                while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                    times.add(Instant.ofEpochMilli(json.getLongValue()));
                }
                expect(json, JsonToken.END_ARRAY);
            });
        }
        return times;
    }

    private static void writeArray(JsonGenerator json, Collection<String> texts) {
        json.writeStartArray();
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    private static void writeMap(JsonGenerator json, Map<String, String> map) {
        json.writeStartObject();
        map.forEach(json::writeStringProperty);
        json.writeEndObject();
    }

    private static String write(Consumer<JsonGenerator> content) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            content.accept(json);
        }
        return text.toString();
    }

    private interface Member {
        void read(String name, JsonParser json);
    }

    private static void readObject(String text, Member member) {
        read(text, json -> {
            expect(json, JsonToken.START_OBJECT);
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                json.nextToken();
                member.read(name, json);
            }
            expect(json, JsonToken.END_OBJECT);
        });
    }

    private static void read(String text, Consumer<JsonParser> content) {
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            json.nextToken();
            content.accept(json);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not the JSON that was expected: " + e.getOriginalMessage(), e);
        }
    }

    private static String string(JsonParser json) {
        expect(json, JsonToken.VALUE_STRING);
        return json.getString();
    }

    private static void expect(JsonParser json, JsonToken token) {
        if (json.currentToken() != token) {
            throw new IllegalArgumentException("expected " + token + " but found " + json.currentToken());
        }
    }
}
