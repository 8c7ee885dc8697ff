package dev.errand.cli;

import dev.errand.cli.text.Json;
import dev.errand.cli.text.Safe;
import dev.errand.cli.text.Style;
import dev.errand.cli.text.Table;
import dev.errand.cli.text.Width;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Scanner;

/** Results to standard output, remarks and progress to standard error. For one thread. */
final class Output {
    private static final long PROGRESS_NANOS = 200_000_000L;

    private final World world;
    private final boolean json;
    private final boolean quiet;
    private final boolean colours;
    private long said;
    private boolean progressing;

    Output(Root root) {
        this.world = root.world();
        this.json = root.json;
        this.quiet = root.quiet;
        this.colours = root.isColourful();
    }

    boolean isJson() {
        return json;
    }

    /** A JSON object on its line. */
    void item(Json object) {
        world.out().print(object);
        world.out().print('\n');
    }

    /** A line for people; already safe. */
    void line(String text) {
        world.out().print(text);
        world.out().print('\n');
    }

    /** A table for people; the word instead of it if it has no rows. */
    void table(Table table, String none) {
        if (table.isEmpty()) {
            note(none);
        } else {
            table.lines(world.terminal().columns(), colours).forEach(this::line);
        }
    }

    String paint(Style style, String text) {
        return colours ? style.on(text) : text;
    }

    /** A remark for people. */
    void note(String text) {
        endProgress();
        if (!quiet) {
            world.err().println(Safe.line(text));
        }
    }

    /** Something that was not done. */
    void problem(String text) {
        endProgress();
        world.err().println("errand: " + Safe.line(text));
    }

    /** Asks for a yes; anything else, and the end of the input, is a no. */
    boolean ask(String question) {
        endProgress();
        world.out().flush();
        world.err().print(Safe.line(question));
        world.err().flush();
        Scanner lines = new Scanner(world.in(), StandardCharsets.UTF_8);
        String answer = lines.hasNextLine() ? lines.nextLine().strip().toLowerCase(Locale.ROOT) : "";
        return answer.equals("y") || answer.equals("yes");
    }

    /** How far something long has come; said a few times a second on a terminal, and not at all elsewhere. */
    void progress(String what, long done, long total) {
        if (quiet || !world.terminal().err()) {
            return;
        }
        long now = world.time().nanoTime();
        if (progressing && now - said < PROGRESS_NANOS) {
            return;
        }
        said = now;
        progressing = true;
        String text = String.format(Locale.ROOT, "%s: %,d of %,d", what, done, total);
        world.err().print("\r" + Width.cut(text, 79) + "\033[K");
        world.err().flush();
    }

    void endProgress() {
        if (progressing) {
            progressing = false;
            world.err().print("\r\033[K");
            world.err().flush();
        }
    }

    void flush() {
        endProgress();
        world.out().flush();
    }
}
