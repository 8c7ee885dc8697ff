package dev.errand.cli.watch;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The terminal: keys come one by one and unseen, and what is drawn goes to its other screen. {@link #close} sets all back as it
 * was; so does the end of the process, however it comes about, except by SIGKILL.
 */
final class Tty implements AutoCloseable {
    /**
     * How large it is.
     *
     * @param rows lines
     * @param columns cells in each
     */
    record Size(int rows, int columns) {
        static final Size USUAL = new Size(24, 80);
    }

    private static final File DEVICE = new File("/dev/tty");
    private static final String OTHER_SCREEN = "\033[?1049h\033[?25l\033[2J";
    private static final String FIRST_SCREEN = "\033[0m\033[?25h\033[?1049l";

    private final PrintStream out;
    private final String before;
    private final Thread hook = new Thread(this::restore, "errand-terminal");
    private boolean restored;

    private Tty(PrintStream out, String before) {
        this.out = out;
        this.before = before;
    }

    /** Takes the terminal; empty if its settings cannot be had. */
    static Optional<Tty> open(PrintStream out) {
        Optional<String> before = stty("-g").filter(settings -> settings.matches("[0-9a-zA-Z:=;/,._-]+"));
        if (before.isEmpty()) {
            return Optional.empty();
        }
        Tty tty = new Tty(out, before.get());
        Runtime.getRuntime().addShutdownHook(tty.hook);
        // A read answers within a tenth of a second, with nothing if nothing was pressed. Ctrl-C stays a signal.
        stty("-icanon", "-echo", "min", "0", "time", "1");
        out.print(OTHER_SCREEN);
        out.flush();
        return Optional.of(tty);
    }

    /** As it is now. */
    Size size() {
        return stty("size")
                .filter(answer -> answer.matches("[1-9]\\d{0,3} [1-9]\\d{0,3}"))
                .map(answer -> answer.split(" "))
                .map(parts -> new Size(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])))
                .orElse(Size.USUAL);
    }

    void draw(java.util.List<String> lines) {
        StringBuilder text = new StringBuilder("\033[H");
        for (int i = 0; i < lines.size(); i++) {
            text.append(i == 0 ? "" : "\r\n").append(lines.get(i)).append("\033[K");
        }
        out.print(text.append("\033[J"));
        out.flush();
    }

    private static Optional<String> stty(String... arguments) {
        java.util.List<String> command = new java.util.ArrayList<>();
        command.add("stty");
        command.addAll(java.util.List.of(arguments));
        try {
            Process stty = new ProcessBuilder(command)
                    .redirectInput(DEVICE)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return stty.waitFor(2, TimeUnit.SECONDS) && stty.exitValue() == 0 ? Optional.of(answer) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private synchronized void restore() {
        if (!restored) {
            restored = true;
            out.print(FIRST_SCREEN);
            out.flush();
            stty(before);
        }
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is on its way out.
        }
    }
}
