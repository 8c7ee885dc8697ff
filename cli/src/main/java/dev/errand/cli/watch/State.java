package dev.errand.cli.watch;

import dev.errand.TaskState;
import dev.errand.cli.watch.Snapshot.QueueState;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the person at the terminal has chosen.
 *
 * @param selected the chosen queue; empty: the first one
 * @param sort the order of the queues
 * @param filter only queues whose name has this text
 * @param typing whether a filter is being typed
 * @param help whether the keys are shown
 * @param question what is asked; empty: nothing
 * @param message what the last action came to; empty: nothing
 */
record State(
        Optional<String> selected,
        Sort sort,
        String filter,
        boolean typing,
        boolean help,
        Optional<Question> question,
        String message) {
    static final State START = new State(Optional.empty(), Sort.NAME, "", false, false, Optional.empty(), "");

    /** How the queues are sorted. */
    enum Sort {
        NAME,
        READY,
        DEAD,
        OLDEST;

        Comparator<QueueState> order() {
            Comparator<QueueState> first = switch (this) {
                case NAME -> Comparator.comparing(QueueState::name);
                case READY -> Comparator.comparingLong(queue -> -queue.count(TaskState.PENDING));
                case DEAD -> Comparator.comparingLong(queue -> -queue.count(TaskState.DEAD));
                case OLDEST -> Comparator.comparing(queue -> queue.oldest().orElse(Instant.MAX));
            };
            return first.thenComparing(QueueState::name);
        }

        Sort next() {
            return values()[(ordinal() + 1) % values().length];
        }
    }

    /**
     * Something that is only done after a yes.
     *
     * @param asOf of which moment it speaks
     */
    record Question(String text, String queue, Instant asOf) {}

    List<QueueState> shown(Snapshot snapshot) {
        String wanted = filter.toLowerCase(Locale.ROOT);
        return snapshot.queues().stream()
                .filter(queue -> queue.name().toLowerCase(Locale.ROOT).contains(wanted))
                .sorted(sort.order())
                .toList();
    }

    /** The place of the chosen queue among those that are shown; 0 if it is not there. */
    int index(List<QueueState> shown) {
        for (int i = 0; i < shown.size(); i++) {
            if (shown.get(i).name().equals(selected.orElse(""))) {
                return i;
            }
        }
        return 0;
    }

    State moved(Snapshot snapshot, int by) {
        List<QueueState> shown = shown(snapshot);
        if (shown.isEmpty()) {
            return this;
        }
        int to = Math.clamp(index(shown) + by, 0, shown.size() - 1);
        return new State(Optional.of(shown.get(to).name()), sort, filter, typing, help, question, message);
    }

    State sorted() {
        return new State(
                selected,
                sort.next(),
                filter,
                typing,
                help,
                question,
                "sorted by " + sort.next().name().toLowerCase(Locale.ROOT));
    }

    State filtered(String text, boolean goesOn) {
        return new State(selected, sort, text, goesOn, help, question, "");
    }

    State helped(boolean on) {
        return new State(selected, sort, filter, typing, on, question, message);
    }

    State asked(Question next) {
        return new State(selected, sort, filter, typing, help, Optional.of(next), "");
    }

    State said(String text) {
        return new State(selected, sort, filter, typing, help, Optional.empty(), text);
    }
}
