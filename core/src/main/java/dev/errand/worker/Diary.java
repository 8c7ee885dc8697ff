package dev.errand.worker;

import dev.errand.broker.Lease;
import dev.errand.broker.TaskRecords;
import dev.errand.broker.TaskRecords.Line;
import dev.errand.broker.TaskRecords.Note;
import dev.errand.broker.TaskRecords.Progress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt has said about itself and is not written down yet: its newest progress and its log lines, which are bounded.
 * Thread-safe.
 */
final class Diary {
    /** Between two writes; what comes beyond is counted and dropped. */
    static final int MAX_LINES = 100;

    private final Lease lease;
    private final int attempt;
    private List<Line> lines = new ArrayList<>();
    private @Nullable Progress progress;
    private int dropped;
    private int written;
    private boolean closed;

    Diary(Lease lease, int attempt) {
        this.lease = lease;
        this.attempt = attempt;
    }

    /** True if it is the first that is to be written. */
    synchronized boolean came(double fraction, String text, Instant now) {
        boolean first = isEmpty();
        if (!closed) {
            progress = new Progress(fraction, cut(text, TaskRecords.MAX_PROGRESS_TEXT), now);
        }
        return first && !closed;
    }

    /** True if it is the first that is to be written. */
    synchronized boolean log(String text, Instant now) {
        boolean first = isEmpty();
        if (closed) {
            return false;
        }
        if (lines.size() < MAX_LINES) {
            lines.add(new Line(now, attempt, cut(text, TaskRecords.MAX_LINE)));
        } else {
            dropped++;
        }
        return first;
    }

    /** Takes out what is to be written. */
    synchronized List<Note> drain(Instant now) {
        if (isEmpty()) {
            return List.of();
        }
        if (dropped > 0) {
            lines.add(new Line(
                    now,
                    attempt,
                    dropped + " lines were dropped: more than " + MAX_LINES + " came between two writes"));
            dropped = 0;
        }
        List<Note> notes = new ArrayList<>(lines.size() + 1);
        for (Line line : lines) {
            notes.add(new Note.Logged(lease, written++, line));
        }
        lines = new ArrayList<>();
        if (progress != null) {
            notes.add(new Note.Came(lease, progress));
            progress = null;
        }
        return notes;
    }

    /** The same, for the last time: what comes later is forgotten. */
    synchronized List<Note> close(Instant now) {
        List<Note> last = drain(now);
        closed = true;
        return last;
    }

    private boolean isEmpty() {
        return lines.isEmpty() && progress == null;
    }

    private static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        boolean splits = Character.isHighSurrogate(text.charAt(most - 1));
        return text.substring(0, splits ? most - 1 : most);
    }
}
