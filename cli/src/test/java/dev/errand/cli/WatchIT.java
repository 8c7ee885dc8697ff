package dev.errand.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The live view in a real terminal, that of tmux. */
class WatchIT {
    private static final Duration LONG = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    private Launcher launcher;

    @BeforeEach
    void start() throws Exception {
        Assumptions.assumeTrue(
                new ProcessBuilder("sh", "-c", "command -v tmux")
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start()
                                .waitFor()
                        == 0,
                "tmux is not installed");
        launcher = new Launcher(folder);
        assertThat(launcher.run("enqueue", "t", "--queue", "alpha", "--create").exit())
                .isZero();
        assertThat(launcher.run("enqueue", "t", "--queue", "beta").exit()).isZero();
        List<String> command =
                new ArrayList<>(List.of("-f", "/dev/null", "new-session", "-d", "-s", "w", "-x", "100", "-y", "24"));
        launcher.environment().forEach((name, value) -> command.addAll(List.of("-e", name + "=" + value)));
        command.add("PS1='$ ' sh");
        tmux(command.toArray(String[]::new));
    }

    @AfterEach
    void stop() throws Exception {
        if (launcher != null) {
            tmux("kill-server");
        }
    }

    private String tmux(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("tmux", "-S", folder.resolve("t").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return out;
    }

    private void type(String text) throws Exception {
        tmux("send-keys", "-t", "w", "-l", text);
        tmux("send-keys", "-t", "w", "Enter");
    }

    private void press(String key) throws Exception {
        tmux("send-keys", "-t", "w", key);
    }

    private String screen() throws Exception {
        return tmux("capture-pane", "-p", "-t", "w");
    }

    private String await(Predicate<String> wanted) throws Exception {
        long end = System.nanoTime() + LONG.toNanos();
        String screen = screen();
        while (!wanted.test(screen)) {
            assertThat(System.nanoTime()).as("the screen is still%n%s", screen).isLessThan(end);
            LockSupport.parkNanos(50_000_000);
            screen = screen();
        }
        return screen;
    }

    @Test
    void keysActAndTheTerminalIsLeftAsItWas() throws Exception {
        type("cd " + folder + "; stty -g >before");
        watch();
        press("Down");
        press("p");
        await(screen -> screen.lines().anyMatch(line -> line.startsWith("beta") && line.contains("paused")));
        assertThat(launcher.run("queues", "beta", "--json").out()).contains("\"paused\":true");
        press("/");
        type("alp");
        await(screen -> screen.contains("alpha ") && !screen.contains("beta "));
        press("?");
        await(screen -> screen.contains("choose a queue"));
        tmux("resize-window", "-t", "w", "-x", "50", "-y", "10");
        await(screen -> screen.lines().filter(line -> !line.isBlank()).count() > 7 && screen.contains("filter: alp"));
        press("q");
        leavesTheTerminalAsItWas();
    }

    @Test
    void ctrlCLeavesTheTerminalAsItWas() throws Exception {
        type("cd " + folder + "; stty -g >before");
        watch();
        press("C-c");
        leavesTheTerminalAsItWas();
    }

    private void watch() throws Exception {
        type(launcher.path() + " watch --interval 100ms");
        await(screen -> screen.contains("alpha ") && screen.contains("q quit"));
    }

    private void leavesTheTerminalAsItWas() throws Exception {
        // The shell's own prompt: what is typed before it belongs to the program that is ending.
        await(screen ->
                screen.contains("watch --interval") && screen.stripTrailing().endsWith("$"));
        type("stty -g >after; cmp before after && echo same$((6 * 7))");
        await(screen -> screen.contains("same42"));
    }
}
