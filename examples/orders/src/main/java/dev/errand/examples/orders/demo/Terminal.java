package dev.errand.examples.orders.demo;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Asks the operating system about the terminal, by the means of POSIX. */
final class Terminal {
    /**
     * How large it is.
     *
     * @param rows lines
     * @param columns characters in each
     */
    record Size(int rows, int columns) {
        static final Size USUAL = new Size(24, 80);
    }

    private Terminal() {}

    /** Whether standard output is one that can be redrawn. */
    static boolean canRedraw() {
        String kind = System.getenv("TERM");
        if (kind == null || kind.isEmpty() || kind.equals("dumb")) {
            return false;
        }
        try {
            Process test =
                    new ProcessBuilder("sh", "-c", "test -t 1").inheritIO().start();
            return test.waitFor(2, TimeUnit.SECONDS) && test.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** As it is now; the usual one if that cannot be found out. */
    static Size size() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            String[] parts = answer.split(" ");
            if (stty.waitFor(2, TimeUnit.SECONDS) && answer.matches("[0-9]{1,4} [0-9]{1,4}")) {
                Size size = new Size(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
                return size.rows() > 0 && size.columns() > 0 ? size : Size.USUAL;
            }
            return Size.USUAL;
        } catch (IOException e) {
            return Size.USUAL;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Size.USUAL;
        }
    }
}
