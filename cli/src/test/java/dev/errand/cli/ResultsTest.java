package dev.errand.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ResultsTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** Prints a line to a stream that fails so, and answers the exit code of a command whose own is {@code code}. */
    private int exit(int code, String message) {
        Results results = new Results(new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException(message);
            }
        });
        PrintStream out = new PrintStream(results, true, StandardCharsets.UTF_8);
        out.println("a result");
        return results.exit(code, new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @Test
    void lostResultsAreSaidAndNotDone() {
        assertThat(exit(Exit.DONE, "No space left on device")).isEqualTo(Exit.BROKER);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("errand: cannot write the results: No space left on device;"
                        + " what the command did is done, but its output is not whole\n");
        assertThat(exit(Exit.NOT_DONE, "No space left on device"))
                .as("an exit code that says more stays")
                .isEqualTo(Exit.NOT_DONE);
    }

    @Test
    void aReaderThatHasSeenEnoughIsNoFailure() {
        assertThat(exit(Exit.DONE, "Broken pipe")).isEqualTo(Exit.DONE);
        assertThat(err.size()).isZero();
    }

    @Test
    void whatIsWrittenArrives() throws IOException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (Results results = new Results(written)) {
            results.write("bytes ".getBytes(StandardCharsets.UTF_8));
            results.write('!');
            assertThat(results.exit(Exit.DONE, new PrintStream(err, true, StandardCharsets.UTF_8)))
                    .isEqualTo(Exit.DONE);
        }
        assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo("bytes !");
    }
}
