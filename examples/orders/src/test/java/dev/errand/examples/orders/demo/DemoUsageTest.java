package dev.errand.examples.orders.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class DemoUsageTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return new CommandLine(new Demo())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--orders=0", "--orders=x", "--rate=0", "--rate=-1", "--rate=NaN", "--nonsense"})
    void badUsageIsSaidSo(String option) {
        assertThat(run(option)).isEqualTo(2);
        assertThat(err.toString())
                .containsAnyOf("--orders", "--rate", "--nonsense")
                .contains("Usage:");
    }

    @Test
    void helpNamesEveryOption() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .contains("--orders", "--once", "--rate", "--kill", "--broker", "--json", "--keep", "Exit code");
    }
}
