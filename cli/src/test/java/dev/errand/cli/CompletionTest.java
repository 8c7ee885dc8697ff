package dev.errand.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The completion script is loaded into real shells. */
class CompletionTest {
    @TempDir
    Path folder;

    private Path script(String shell) throws IOException {
        ManualTime time = new ManualTime(Rig.START);
        try (Rig rig = new Rig(time, new MemoryBroker(time, new Random(1)))) {
            Rig.Ran ran = rig.run("completion", shell);
            assertThat(ran.exit()).isZero();
            return Files.writeString(folder.resolve("completion." + shell), ran.out());
        }
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static boolean isThere(String shell) throws Exception {
        return new ProcessBuilder("sh", "-c", "command -v " + shell)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    @Test
    void bashCompletesCommandsAndOptions() throws Exception {
        Assumptions.assumeTrue(isThere("bash"), "bash is not installed");
        Path script = script("bash");
        run("bash", "-n", script.toString());
        assertThat(complete(script, "./errand", "qu")).isEqualTo("queues");
        assertThat(complete(script, "errand", "dead", "re")).isEqualTo("redrive");
        assertThat(complete(script, "errand", "dead", "redrive", "--dr")).contains("--dry-run");
        assertThat(complete(script, "errand", "so")).isEqualTo("soak");
    }

    private static String complete(Path script, String... words) throws Exception {
        String line = String.join(" ", words);
        return run(
                        "bash",
                        "--norc",
                        "-c",
                        "source \"$1\"; COMP_WORDS=(" + line + "); COMP_CWORD=" + (words.length - 1) + "; COMP_LINE='"
                                + line
                                + "'; COMP_POINT=${#COMP_LINE}; complete -p " + words[0]
                                + " >/dev/null && _complete_errand 2>/dev/null; echo \"${COMPREPLY[@]}\"",
                        "bash",
                        script.toString())
                .strip();
    }

    @Test
    void zshLoadsIt() throws Exception {
        Assumptions.assumeTrue(isThere("zsh"), "zsh is not installed");
        Path script = script("zsh");
        run("zsh", "-n", script.toString());
        run("zsh", "-f", "-c", "autoload -Uz compinit && compinit -u && source " + script);
    }
}
