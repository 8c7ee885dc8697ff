package dev.errand.cli.text;

/**
 * Text from tasks, errors and foreign programs, made harmless for a terminal: what could move the cursor, change the title,
 * reorder what is read or hide text is written as an escape.
 */
public final class Safe {
    private Safe() {}

    /** For one line: line feeds and tabs are escaped, too. */
    public static String line(String text) {
        return escape(text, false);
    }

    /** For several lines: line feeds and tabs stay. */
    public static String block(String text) {
        return escape(text.replace("\r\n", "\n"), true);
    }

    private static String escape(String text, boolean layout) {
        StringBuilder safe = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            boolean kept = pair || !isUnsafe(c) || (layout && (c == '\n' || c == '\t'));
            if (!kept && safe == null) {
                safe = new StringBuilder(text.length() + 16).append(text, 0, i);
            }
            if (safe != null) {
                if (kept) {
                    safe.append(c);
                } else {
                    escape(safe, c);
                }
            }
            if (pair) {
                i++;
                if (safe != null) {
                    safe.append(text.charAt(i));
                }
            }
        }
        return safe == null ? text : safe.toString();
    }

    static void escape(StringBuilder to, char c) {
        switch (c) {
            case '\n' -> to.append("\\n");
            case '\r' -> to.append("\\r");
            case '\t' -> to.append("\\t");
            default -> to.append(String.format("\\u%04x", (int) c));
        }
    }

    /** Control characters, line and paragraph separators, what reorders text or has no width, unpaired surrogates. */
    static boolean isUnsafe(char c) {
        return Character.isISOControl(c)
                || Character.isSurrogate(c)
                || c == '\u2028'
                || c == '\u2029'
                || (c >= '\u200b' && c <= '\u200f')
                || (c >= '\u202a' && c <= '\u202e')
                || (c >= '\u2060' && c <= '\u206f')
                || c == '\ufeff'
                || c == '\u061c';
    }
}
