package dev.errand.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real launcher, from a shell's point of view. */
class LauncherIT {
    @TempDir
    Path folder;

    private Launcher launcher;

    @BeforeEach
    void start() throws IOException {
        launcher = new Launcher(folder);
    }

    @Test
    void commandsWorkOnADatabaseFromOneProcessToTheNext() throws Exception {
        assertThat(launcher.run("queues").exit()).as("there is none yet").isEqualTo(3);
        Launcher.Ran stored = launcher.run("enqueue", "t", "{\"a\": \"世界\"}", "--queue", "q", "--id", "x", "--create");
        assertThat(stored).isEqualTo(new Launcher.Ran(0, "x\n", ""));
        assertThat(launcher.run("queues", "--json").out()).startsWith("{\"queue\":\"q\",\"depth\":1,");
        assertThat(launcher.run("task", "x").out()).contains("\"a\": \"世界\"");
        assertThat(launcher.run("-b", launcher.broker(), "tasks", "--ids").out())
                .isEqualTo("x\n");
        assertThat(launcher.run("explain", "x").out()).contains("No worker is alive");
        assertThat(launcher.run("doctor").exit()).isEqualTo(1);
        assertThat(launcher.run("cancel", "x", "nobody").exit()).isEqualTo(1);
        assertThat(launcher.run("tasks", "--limit", "0").exit()).isEqualTo(2);
        assertThat(launcher.run("nonsense").exit()).isEqualTo(2);
        assertThat(Files.readString(folder.resolve("audit.log")))
                .contains("enqueue: task x")
                .contains("cancel: task x");
    }

    @Test
    void resultsThatCannotBeWrittenAreNotDone() throws Exception {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.exists(full), "there is no /dev/full");
        launcher.run("enqueue", "t", "--queue", "q", "--create");
        Launcher.Ran ran = launcher.runInto(full, "queues");
        assertThat(ran.exit()).isEqualTo(3);
        assertThat(ran.err()).startsWith("errand: cannot write the results: ");
    }

    @Test
    void aReaderThatHasSeenEnoughMakesNoNoise() throws Exception {
        launcher.run("enqueue", "t", "--queue", "q", "--create");
        Path err = folder.resolve("err");
        ProcessBuilder shell = new ProcessBuilder(
                        "bash",
                        "-c",
                        "\"$0\" watch --interval 50ms | head -n 1; exit ${PIPESTATUS[0]}",
                        launcher.path().toString())
                .redirectError(err.toFile());
        shell.environment().putAll(launcher.environment());
        Process process = shell.start();
        process.getOutputStream().close();
        assertThat(process.inputReader().lines()).hasSize(1);
        assertThat(process.waitFor()).isZero();
        assertThat(err).content().isEmpty();
    }

    @Test
    void helpListsEveryCommandAndNothingIsBuiltTwice() throws Exception {
        Launcher.Ran help = launcher.run("help");
        assertThat(help.exit()).isZero();
        for (String name : Commands.names()) {
            assertThat(help.out()).contains("\n  " + name + " ");
        }
        assertThat(launcher.run("help", "enqueue").out()).startsWith("Usage: errand enqueue");
        assertThat(launcher.run("--version").out()).startsWith("errand ").contains("Java");
        FileTime built = Files.getLastModifiedTime(launcher.stamp());
        launcher.run("workers");
        assertThat(Files.getLastModifiedTime(launcher.stamp())).isEqualTo(built);
    }
}
