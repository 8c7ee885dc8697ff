package dev.errand.cli.text;

/**
 * How many cells of a terminal a text takes: two for East Asian wide characters and emoji, none for combining marks. After
 * Unicode's East Asian Width (UAX 11), in ranges instead of single characters.
 */
public final class Width {
    private static final int[][] WIDE = {
        {0x1100, 0x115f},
        {0x231a, 0x231b},
        {0x23e9, 0x23f3},
        {0x25fd, 0x25fe},
        {0x2614, 0x2615},
        {0x2648, 0x2653},
        {0x26a1, 0x26a1},
        {0x26aa, 0x26ab},
        {0x26bd, 0x26be},
        {0x26c4, 0x26c5},
        {0x26d4, 0x26d4},
        {0x26ea, 0x26ea},
        {0x26f2, 0x26f5},
        {0x26fa, 0x26fd},
        {0x2705, 0x2705},
        {0x270a, 0x270b},
        {0x2728, 0x2728},
        {0x274c, 0x274e},
        {0x2753, 0x2757},
        {0x2795, 0x2797},
        {0x27b0, 0x27bf},
        {0x2b1b, 0x2b1c},
        {0x2b50, 0x2b55},
        {0x2e80, 0x303e},
        {0x3041, 0x33ff},
        {0x3400, 0x4dbf},
        {0x4e00, 0x9fff},
        {0xa000, 0xa4cf},
        {0xa960, 0xa97f},
        {0xac00, 0xd7a3},
        {0xf900, 0xfaff},
        {0xfe30, 0xfe6f},
        {0xff01, 0xff60},
        {0xffe0, 0xffe6},
        {0x16fe0, 0x18aff},
        {0x1b000, 0x1b2ff},
        {0x1f004, 0x1f004},
        {0x1f0cf, 0x1f0cf},
        {0x1f18e, 0x1f19a},
        {0x1f200, 0x1f320},
        {0x1f32d, 0x1f393},
        {0x1f3a0, 0x1f3f0},
        {0x1f3f4, 0x1f4fd},
        {0x1f4ff, 0x1f53d},
        {0x1f54b, 0x1f567},
        {0x1f57a, 0x1f57a},
        {0x1f595, 0x1f596},
        {0x1f5a4, 0x1f5a4},
        {0x1f5fb, 0x1f64f},
        {0x1f680, 0x1f6ff},
        {0x1f7e0, 0x1f7eb},
        {0x1f90c, 0x1f9ff},
        {0x1fa70, 0x1faff},
        {0x20000, 0x3fffd},
    };

    private Width() {}

    /** The cells that a safe text takes. */
    public static int of(String text) {
        int cells = 0;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            cells += of(point);
            i += Character.charCount(point);
        }
        return cells;
    }

    private static int of(int point) {
        if (point < 0x300) {
            return 1;
        }
        int type = Character.getType(point);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        for (int[] range : WIDE) {
            if (point < range[0]) {
                return 1;
            }
            if (point <= range[1]) {
                return 2;
            }
        }
        return 1;
    }

    /** The text if it fits into so many cells, else as much of it as does before an ellipsis. */
    public static String cut(String text, int cells) {
        if (of(text) <= cells) {
            return text;
        }
        StringBuilder kept = new StringBuilder();
        int used = 0;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            int width = of(point);
            if (used + width > cells - 1) {
                break;
            }
            kept.appendCodePoint(point);
            used += width;
            i += Character.charCount(point);
        }
        return cells < 1 ? "" : kept.append('…').toString();
    }

    /** The text with spaces up to so many cells, before it or after it. */
    public static String pad(String text, int cells, boolean right) {
        String spaces = " ".repeat(Math.max(0, cells - of(text)));
        return right ? spaces + text : text + spaces;
    }
}
