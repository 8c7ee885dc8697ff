package dev.errand.cli.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/** Reads JSON by the letter of RFC 8259, and writes it anew: on one line, or indented, and safe for a terminal. */
public final class JsonText {
    private final JsonFactory factory = new JsonFactory();

    /** Without state. */
    public JsonText() {}

    /**
     * Why the bytes are not one JSON value; empty if they are.
     */
    public Optional<String> defect(byte[] bytes) {
        try {
            write(bytes, false);
            return Optional.empty();
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            return Optional.of(Safe.line(e.getOriginalMessage())
                    + (at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")"));
        }
    }

    /** The value on one line; empty if the bytes are not JSON. */
    public Optional<String> compact(byte[] bytes) {
        return tryWrite(bytes, false);
    }

    /** The value over several lines, indented by two spaces; empty if the bytes are not JSON. */
    public Optional<String> pretty(byte[] bytes) {
        return tryWrite(bytes, true);
    }

    private Optional<String> tryWrite(byte[] bytes, boolean lines) {
        try {
            return Optional.of(write(bytes, lines));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private String write(byte[] bytes, boolean lines) {
        // As text: the parser of bytes would guess UTF-16 and UTF-32, which handlers cannot read.
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), decode(bytes))) {
            if (parser.nextToken() == null) {
                throw new StreamReadException(parser, "there is no value");
            }
            StringBuilder text = new StringBuilder();
            value(parser, text, lines);
            if (parser.nextToken() != null) {
                throw new StreamReadException(parser, "there is more after the value");
            }
            return text.toString();
        }
    }

    private static String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new StreamReadException(null, "it is not UTF-8", e);
        }
    }

    /** Without recursion: how deep the value is, is its writer's choice. */
    private static void value(JsonParser parser, StringBuilder to, boolean lines) {
        int depth = 0;
        boolean first = true;
        boolean named = false;
        do {
            JsonToken token = parser.currentToken();
            if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
                depth--;
                if (!first) {
                    newLine(to, lines, depth);
                }
                to.append(token == JsonToken.END_OBJECT ? '}' : ']');
                first = false;
                continue;
            }
            if (depth > 0 && !named) {
                to.append(first ? "" : ",");
                newLine(to, lines, depth);
            }
            first = false;
            named = token == JsonToken.PROPERTY_NAME;
            if (named) {
                Json.string(to, parser.currentName());
                to.append(lines ? ": " : ":");
            } else if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
                to.append(token == JsonToken.START_OBJECT ? '{' : '[');
                depth++;
                first = true;
            } else if (token == JsonToken.VALUE_STRING) {
                Json.string(to, parser.getString());
            } else {
                to.append(parser.getString());
            }
        } while ((depth > 0 || named) && parser.nextToken() != null);
    }

    private static void newLine(StringBuilder to, boolean lines, int depth) {
        if (lines) {
            to.append('\n').append("  ".repeat(depth));
        }
    }
}
