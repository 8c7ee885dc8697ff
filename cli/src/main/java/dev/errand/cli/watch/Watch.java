package dev.errand.cli.watch;

import dev.errand.TaskState;
import dev.errand.broker.Broker;
import dev.errand.cli.watch.Snapshot.QueueState;
import dev.errand.time.Time;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The live view at a terminal, until somebody quits. For one thread. */
public final class Watch {
    private static final long SIZE_NANOS = 1_000_000_000L;

    private final Broker broker;
    private final String name;
    private final Time time;
    private final Keys keys;
    private final PrintStream out;
    private final boolean colours;
    private final Duration interval;
    private final Consumer<String> audit;

    /**
     * Of a broker.
     *
     * @param name what people call it, without secrets
     * @param in the terminal's keys
     * @param out the terminal
     * @param audit is told what was changed
     */
    public Watch(
            Broker broker,
            String name,
            Time time,
            InputStream in,
            PrintStream out,
            boolean colours,
            Duration interval,
            Consumer<String> audit) {
        this.broker = broker;
        this.name = name;
        this.time = time;
        this.keys = new Keys(in);
        this.out = out;
        this.colours = colours;
        this.interval = interval;
        this.audit = audit;
    }

    /** Shows it until somebody quits; false if the terminal cannot be had. */
    public boolean run() throws IOException {
        Optional<Tty> terminal = Tty.open(out);
        if (terminal.isEmpty()) {
            return false;
        }
        try (Tty tty = terminal.get();
                Desk desk = new Desk(broker, time, interval, audit)) {
            loop(tty, desk);
        }
        return true;
    }

    private void loop(Tty tty, Desk desk) throws IOException {
        State state = State.START;
        Tty.Size size = tty.size();
        long sized = time.nanoTime();
        List<String> drawn = List.of();
        while (true) {
            if (time.nanoTime() - sized > SIZE_NANOS) {
                sized = time.nanoTime();
                Tty.Size next = tty.size();
                drawn = next.equals(size) ? drawn : List.of();
                size = next;
            }
            String message = desk.takeMessage();
            state = message.isEmpty() ? state : state.said(message);
            List<String> lines = new Picture(size.rows(), size.columns(), colours)
                    .draw(name, desk.latest(), desk.before(), state, desk.trouble());
            if (!lines.equals(drawn)) {
                tty.draw(lines);
                drawn = lines;
            }
            Optional<Character> key = keys.next();
            if (key.isPresent()) {
                Optional<State> next = press(key.get(), state, desk);
                if (next.isEmpty()) {
                    return;
                }
                state = next.get();
            }
        }
    }

    /** What a key does; empty: it quits. */
    private static Optional<State> press(char key, State state, Desk desk) {
        if (state.typing()) {
            return Optional.of(type(key, state));
        }
        if (state.question().isPresent()) {
            State.Question question = state.question().get();
            if (key == 'y' || key == 'Y') {
                desk.redrive(question.queue(), question.asOf());
                return Optional.of(state.said("redriving …"));
            }
            return Optional.of(state.said("nothing was done"));
        }
        Snapshot now = desk.latest();
        return switch (key) {
            case 'q' -> Optional.empty();
            case Keys.UP, 'k' -> Optional.of(state.moved(now, -1));
            case Keys.DOWN, 'j' -> Optional.of(state.moved(now, 1));
            case 's' -> Optional.of(state.sorted());
            case '/' -> Optional.of(state.filtered("", true));
            case '?', 'h' -> Optional.of(state.helped(!state.help()));
            case 'p' -> Optional.of(pause(state, desk));
            case 'r' -> Optional.of(redrive(state, now));
            case Keys.ESCAPE -> Optional.of(state.helped(false).filtered("", false));
            default -> Optional.of(state);
        };
    }

    private static State type(char key, State state) {
        String text = state.filter();
        return switch (key) {
            case Keys.ENTER -> state.filtered(text, false);
            case Keys.ESCAPE -> state.filtered("", false);
            case Keys.BACKSPACE -> state.filtered(text.isEmpty() ? "" : text.substring(0, text.length() - 1), true);
            default -> key < ' ' || key >= Keys.UP ? state : state.filtered(text + key, true);
        };
    }

    private static State pause(State state, Desk desk) {
        List<QueueState> shown = state.shown(desk.latest());
        if (shown.isEmpty()) {
            return state.said("there is no queue");
        }
        desk.toggle(shown.get(state.index(shown)).name());
        return state;
    }

    private static State redrive(State state, Snapshot now) {
        List<QueueState> shown = state.shown(now);
        if (shown.isEmpty()) {
            return state.said("there is no queue");
        }
        QueueState queue = shown.get(state.index(shown));
        long dead = queue.count(TaskState.DEAD);
        return dead == 0
                ? state.said("queue " + queue.name() + " has no dead letters")
                : state.asked(new State.Question(
                        "Redrive the " + dead + " dead letters of queue " + queue.name() + "? [y/N]",
                        queue.name(),
                        now.at()));
    }
}
