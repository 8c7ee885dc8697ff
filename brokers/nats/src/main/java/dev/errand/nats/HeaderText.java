package dev.errand.nats;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Text in a header: percent-encoded, as CloudEvents' bindings have it: the space, the double quote, the percent sign and
 * everything outside of printable ASCII as UTF-8 in {@code %XX}. Stateless.
 */
final class HeaderText {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private HeaderText() {}

    static String encode(String text) {
        return encode(text, "");
    }

    /** For the name of a header, in which a colon has a meaning. */
    static String encodeName(String text) {
        return encode(text, ":");
    }

    private static String encode(String text, String more) {
        if (isPlain(text, more)) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(b, more)) {
                out.append((char) b);
            } else {
                HEX.toHexDigits(out.append('%'), b);
            }
        }
        return out.toString();
    }

    private static boolean isPlain(String text, String more) {
        for (int i = 0; i < text.length(); i++) {
            if (!isPlain(text.charAt(i), more)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(int c, String more) {
        return c > ' ' && c < 0x7f && c != '%' && c != '"' && more.indexOf(c) < 0;
    }

    /** What is no valid encoding stays as it is. */
    static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '%'
                    && i + 2 < bytes.length
                    && HexFormat.isHexDigit(bytes[i + 1])
                    && HexFormat.isHexDigit(bytes[i + 2])) {
                out.write(HexFormat.fromHexDigit(bytes[i + 1]) << 4 | HexFormat.fromHexDigit(bytes[i + 2]));
                i += 2;
            } else {
                out.write(bytes[i]);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
