package dev.errand.cli;

import dev.errand.cli.text.Safe;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Standard output, below the print stream that swallows what goes wrong: remembers why results could not be written. A pipe
 * that its reader has closed, as {@code head} does, is no failure. For one thread.
 */
final class Results extends OutputStream {
    private final OutputStream to;
    private @Nullable IOException failure;

    Results(OutputStream to) {
        this.to = to;
    }

    /** The exit code of a command whose own is {@code code}: not 0 if its results are lost, which is said then. */
    int exit(int code, PrintStream err) {
        if (failure == null || isClosedPipe(failure)) {
            return code;
        }
        err.println("errand: cannot write the results: " + Safe.line(String.valueOf(failure.getMessage()))
                + "; what the command did is done, but its output is not whole");
        return code == Exit.DONE ? Exit.BROKER : code;
    }

    /** Systems have no other sign of it than their message. */
    private static boolean isClosedPipe(IOException failure) {
        return String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        try {
            to.write(bytes, from, count);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }
}
