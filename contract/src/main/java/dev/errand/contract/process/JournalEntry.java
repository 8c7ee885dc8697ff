package dev.errand.contract.process;

import java.time.Instant;

/**
 * One line of a journal.
 *
 * @param at when, by the process's own clock
 * @param pid who
 * @param event what
 * @param task the task's id; {@code -} if it is about none
 * @param token the attempt's token; {@code -} if it is about none
 * @param attempt which counted attempt
 * @param crashes how often the task took its worker down before
 * @param note more, without tabs
 */
public record JournalEntry(
        Instant at, long pid, Event event, String task, String token, int attempt, int crashes, String note) {
    /** What happened. */
    public enum Event {
        /** The process is ready. */
        READY,
        /** An enqueue was acknowledged. */
        STORED,
        /** An enqueue failed. */
        REFUSED,
        /** A handler began. */
        BEGIN,
        /** A handler returned. */
        END,
        /** A handler ended with an exception. */
        FAIL,
        /** The process has stopped as it was told to. */
        STOPPED
    }

    private static final int FIELDS = 8;

    String toLine() {
        return String.join(
                "\t",
                at.toString(),
                Long.toString(pid),
                event.name(),
                task,
                token,
                Integer.toString(attempt),
                Integer.toString(crashes),
                note.replace('\t', ' ').replace('\n', ' ').replace('\r', ' '));
    }

    static JournalEntry parse(String line) {
        String[] parts = line.split("\t", -1);
        if (parts.length != FIELDS) {
            throw new IllegalArgumentException("not a line of a journal: " + line);
        }
        return new JournalEntry(
                Instant.parse(parts[0]),
                Long.parseLong(parts[1]),
                Event.valueOf(parts[2]),
                parts[3],
                parts[4],
                Integer.parseInt(parts[5]),
                Integer.parseInt(parts[6]),
                parts[7]);
    }
}
