package dev.errand.nats;

/** Writes JSON in ASCII, so that it can stand in a header. Strings, numbers, flags and parts made before. */
final class JsonText {
    private final StringBuilder text = new StringBuilder("{");

    JsonText put(String name, String value) {
        name(name);
        quote(value);
        return this;
    }

    JsonText put(String name, long value) {
        name(name).append(value);
        return this;
    }

    JsonText put(String name, boolean value) {
        name(name).append(value);
        return this;
    }

    /** With a value that is JSON already. */
    JsonText putJson(String name, String json) {
        name(name).append(json);
        return this;
    }

    private StringBuilder name(String name) {
        if (text.length() > 1) {
            text.append(',');
        }
        quote(name);
        return text.append(':');
    }

    private void quote(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7f) {
                text.append(c);
            } else {
                text.append("\\u").append(java.util.HexFormat.of().toHexDigits(c));
            }
        }
        text.append('"');
    }

    @Override
    public String toString() {
        return text + "}";
    }
}
