package dev.errand.cli.watch;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads key presses from a terminal that answers each read within a tenth of a second, with nothing if nothing was pressed.
 * The arrows are {@link #UP} and {@link #DOWN}.
 */
final class Keys {
    static final char UP = '\uE000';
    static final char DOWN = '\uE001';
    static final char ENTER = '\n';
    static final char ESCAPE = '\033';
    static final char BACKSPACE = '\b';

    private final InputStream in;

    Keys(InputStream in) {
        this.in = in;
    }

    /** The next key; empty if none is pressed for a tenth of a second. */
    Optional<Character> next() throws IOException {
        int first = in.read();
        return switch (first) {
            case -1 -> Optional.empty();
            case '\r', '\n' -> Optional.of(ENTER);
            case 127, '\b' -> Optional.of(BACKSPACE);
            case ESCAPE -> Optional.of(sequence());
            // Names of queues can be typed in ASCII alone.
            default -> Optional.of(first < 0x80 ? (char) first : 0);
        };
    }

    /** What follows an escape at once belongs to it. */
    private char sequence() throws IOException {
        int second = in.read();
        if (second != '[' && second != 'O') {
            return ESCAPE;
        }
        return switch (in.read()) {
            case 'A' -> UP;
            case 'B' -> DOWN;
            default -> 0;
        };
    }
}
