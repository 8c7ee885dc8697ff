package dev.errand.cli.text;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object, written on one line. Null values are left out. Whatever a terminal might obey is escaped, so that the line
 * is safe to print.
 */
public final class Json {
    /** Text that is JSON already. */
    public record Raw(String text) {}

    private final StringBuilder text = new StringBuilder("{");

    /** An object without members. */
    public Json() {}

    /** Adds a member unless the value is null: a text, number, truth value, time, enum, map, list, or another object. */
    public Json put(String name, @Nullable Object value) {
        if (value == null) {
            return this;
        }
        if (text.length() > 1) {
            text.append(',');
        }
        string(text, name);
        text.append(':');
        value(text, value);
        return this;
    }

    @Override
    public String toString() {
        return text + "}";
    }

    private static void value(StringBuilder to, Object value) {
        switch (value) {
            case Raw raw -> to.append(raw.text());
            case Json json -> to.append(json);
            case Boolean truth -> to.append(truth);
            case Integer number -> to.append(number);
            case Long number -> to.append(number);
            case Double number -> to.append(Double.isFinite(number) ? number : "null");
            case Duration span -> seconds(to, span);
            case Instant time -> string(to, time.toString());
            case Map<?, ?> map -> {
                Json inner = new Json();
                map.forEach((key, item) -> inner.put(String.valueOf(key), item));
                to.append(inner);
            }
            case Iterable<?> items -> {
                String comma = "";
                to.append('[');
                for (Object item : items) {
                    to.append(comma);
                    value(to, item);
                    comma = ",";
                }
                to.append(']');
            }
            default -> string(to, value.toString());
        }
    }

    /** Spans are seconds, with milliseconds behind the point where there are any. */
    private static void seconds(StringBuilder to, Duration span) {
        if (span.toMillis() % 1000 == 0) {
            to.append(span.toSeconds());
        } else {
            to.append(span.toMillis() / 1000.0);
        }
    }

    /** A JSON string. */
    static void string(StringBuilder to, String value) {
        to.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1));
            if (c == '"' || c == '\\') {
                to.append('\\').append(c);
            } else if (pair) {
                to.append(c).append(value.charAt(++i));
            } else if (Safe.isUnsafe(c)) {
                Safe.escape(to, c);
            } else {
                to.append(c);
            }
        }
        to.append('"');
    }
}
