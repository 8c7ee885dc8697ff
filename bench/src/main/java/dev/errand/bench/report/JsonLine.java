package dev.errand.bench.report;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** One JSON object in one line (RFC 8259). For one thread. */
public final class JsonLine {
    private final StringBuilder text = new StringBuilder("{");

    /** The line of a workload: the fields that apply, under the names that {@code docs/performance.md} explains. */
    public static String of(Figures figures) {
        JsonLine line = new JsonLine()
                .put("system", figures.system())
                .put("broker", figures.broker())
                .put("workload", figures.workload())
                .put("n", figures.n())
                .put("seconds", figures.seconds(), 3)
                .put("rate", figures.rate(), 1)
                .put("bare_rate", figures.bareRate(), 1)
                .put("ratio", figures.ratio(), 3);
        figures.times()
                .ifPresent(times -> line.put("p50_ms", OptionalDouble.of(times.p50()), 3)
                        .put("p99_ms", OptionalDouble.of(times.p99()), 3)
                        .put("max_ms", OptionalDouble.of(times.max()), 3));
        return line.put("lost", figures.lost())
                .put("duplicates", figures.duplicates())
                .end();
    }

    /** A text. */
    public JsonLine put(String name, String value) {
        name(name);
        quote(value);
        return this;
    }

    /** A whole number. */
    public JsonLine put(String name, long value) {
        name(name);
        text.append(value);
        return this;
    }

    /** A whole number, if there is one. */
    public JsonLine put(String name, OptionalLong value) {
        if (value.isPresent()) {
            put(name, value.getAsLong());
        }
        return this;
    }

    /** A number with so many decimal places, if there is one. */
    public JsonLine put(String name, OptionalDouble value, int places) {
        if (value.isPresent()) {
            name(name);
            text.append(String.format(Locale.ROOT, "%." + places + "f", value.getAsDouble()));
        }
        return this;
    }

    /** The whole line, without a line feed. */
    public String end() {
        return text + "}";
    }

    private void name(String name) {
        if (text.length() > 1) {
            text.append(',');
        }
        quote(name);
        text.append(':');
    }

    private void quote(String value) {
        text.append('"');
        value.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                text.append('\\').append((char) c);
            } else if (c < ' ') {
                text.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                text.append((char) c);
            }
        });
        text.append('"');
    }
}
